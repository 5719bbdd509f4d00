// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is observed to be so, not so, or unknown.
 *
 * @param status {@code True}, {@code False} or {@code Unknown}
 * @param reason one word in CamelCase; empty when none is given
 * @param lastTransitionTime when {@code status} last changed, or null
 * @param lastUpdateTime when it was last looked at (Deployments only), or null
 */
public record Condition(
        String type,
        String status,
        String reason,
        String message,
        @Nullable Instant lastTransitionTime,
        @Nullable Instant lastUpdateTime) {
    /** Reads a condition. */
    public static Condition from(Tree tree) {
        return new Condition(
                tree.text("type", ""),
                tree.text("status", ""),
                tree.text("reason", ""),
                tree.text("message", ""),
                ObjectMeta.instant(tree.text("lastTransitionTime")),
                ObjectMeta.instant(tree.text("lastUpdateTime")));
    }

    /** A value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        tree.put("status", status);
        put(tree, "lastUpdateTime", lastUpdateTime);
        put(tree, "lastTransitionTime", lastTransitionTime);
        if (!reason.isEmpty()) {
            tree.put("reason", reason);
        }
        if (!message.isEmpty()) {
            tree.put("message", message);
        }
        return tree;
    }

    /** Whether it is {@code True}. */
    public boolean isTrue() {
        return status.equals("True");
    }

    private static void put(Map<String, Object> tree, String name, @Nullable Instant time) {
        if (time != null) {
            tree.put(
                    name,
                    time.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        }
    }
}
