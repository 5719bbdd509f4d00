// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an object is to be deleted.
 *
 * @param graceSeconds how long it may take to end, 0 meaning at once; null leaves it to the object
 * @param uid only if it is this very object; null for whichever has the name
 * @param resourceVersion only if it is this version; null for any
 */
public record Deletion(
        @Nullable Propagation propagation,
        @Nullable Integer graceSeconds,
        @Nullable String uid,
        @Nullable String resourceVersion) {
    /** What becomes of an object's dependents. */
    public enum Propagation {
        /** They go afterwards. */
        BACKGROUND("Background"),
        /** They go first; the object waits for them. */
        FOREGROUND("Foreground"),
        /** They stay, without their owner. */
        ORPHAN("Orphan");

        private final String word;

        Propagation(String word) {
            this.word = word;
        }
    }

    /** As the object's kind does it. */
    public static final Deletion DEFAULT = new Deletion(null, null, null, null);

    /** Deletes that very object, in the background. */
    public static Deletion of(String uid) {
        return new Deletion(Propagation.BACKGROUND, null, uid, null);
    }

    /** A {@code DeleteOptions} value tree. */
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "v1");
        tree.put("kind", "DeleteOptions");
        if (propagation != null) {
            tree.put("propagationPolicy", propagation.word);
        }
        if (graceSeconds != null) {
            tree.put("gracePeriodSeconds", graceSeconds.longValue());
        }
        Map<String, Object> preconditions = new LinkedHashMap<>();
        if (uid != null) {
            preconditions.put("uid", uid);
        }
        if (resourceVersion != null) {
            preconditions.put("resourceVersion", resourceVersion);
        }
        if (!preconditions.isEmpty()) {
            tree.put("preconditions", preconditions);
        }
        return tree;
    }
}
