// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a slice.
 *
 * @param addresses at least one address of the slice's type
 * @param ready whether it takes new traffic (nil reads as true)
 * @param serving whether it answers, even while it terminates (nil reads as true)
 * @param terminating whether its end was asked for (nil reads as false)
 * @param hostname the name below a headless Service's name, or null
 * @param nodeName where it runs, or null
 * @param zone the zone of that node, or null
 * @param target the object behind it, or null
 * @param forZones zones that should prefer it (hints)
 * @param forNodes nodes that should prefer it (hints)
 */
public record Endpoint(
        List<String> addresses,
        boolean ready,
        boolean serving,
        boolean terminating,
        @Nullable String hostname,
        @Nullable String nodeName,
        @Nullable String zone,
        @Nullable TargetRef target,
        List<String> forZones,
        List<String> forNodes) {

    /** The object behind an endpoint, nearly always a Pod. */
    public record TargetRef(String kind, String namespace, String name, String uid) {}

    static Endpoint from(Tree tree) {
        Tree conditions = tree.tree("conditions");
        Tree hints = tree.tree("hints");
        Tree target = tree.tree("targetRef");
        return new Endpoint(
                tree.texts("addresses"),
                conditions.truth("ready", true),
                conditions.truth("serving", true),
                conditions.truth("terminating", false),
                tree.text("hostname"),
                tree.text("nodeName"),
                tree.text("zone"),
                target.fields().isEmpty()
                        ? null
                        : new TargetRef(
                                target.text("kind", ""),
                                target.text("namespace", ""),
                                target.text("name", ""),
                                target.text("uid", "")),
                names(hints, "forZones"),
                names(hints, "forNodes"));
    }

    private static List<String> names(Tree hints, String field) {
        return hints.trees(field).stream().map(hint -> hint.text("name", "")).toList();
    }
}
