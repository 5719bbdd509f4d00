// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    public record TargetRef(String kind, String namespace, String name, String uid) {
        /** Reads a reference; null where there is none. */
        public static @Nullable TargetRef from(Tree tree) {
            return tree.fields().isEmpty()
                    ? null
                    : new TargetRef(
                            tree.text("kind", ""),
                            tree.text("namespace", ""),
                            tree.text("name", ""),
                            tree.text("uid", ""));
        }

        /** A value tree; what is empty is left out. */
        public Map<String, Object> tree() {
            Map<String, Object> tree = new LinkedHashMap<>();
            putText(tree, "kind", kind);
            putText(tree, "namespace", namespace);
            putText(tree, "name", name);
            putText(tree, "uid", uid);
            return tree;
        }
    }

    /** The same endpoint with other hints. */
    public Endpoint hinted(List<String> zones, List<String> nodes) {
        return forZones.equals(zones) && forNodes.equals(nodes)
                ? this
                : new Endpoint(addresses, ready, serving, terminating, hostname, nodeName, zone, target, zones, nodes);
    }

    /** A value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("addresses", new ArrayList<Object>(addresses));
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("ready", ready);
        conditions.put("serving", serving);
        conditions.put("terminating", terminating);
        tree.put("conditions", conditions);
        putText(tree, "hostname", hostname);
        putText(tree, "nodeName", nodeName);
        putText(tree, "zone", zone);
        if (target != null) {
            tree.put("targetRef", target.tree());
        }
        Map<String, Object> hints = new LinkedHashMap<>();
        putNames(hints, "forZones", forZones);
        putNames(hints, "forNodes", forNodes);
        if (!hints.isEmpty()) {
            tree.put("hints", hints);
        }
        return tree;
    }

    private static void putText(Map<String, Object> tree, String field, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            tree.put(field, text);
        }
    }

    private static void putNames(Map<String, Object> hints, String field, List<String> names) {
        if (!names.isEmpty()) {
            List<Object> list = new ArrayList<>();
            names.forEach(name -> list.add(Map.<String, Object>of("name", name)));
            hints.put(field, list);
        }
    }

    static Endpoint from(Tree tree) {
        Tree conditions = tree.tree("conditions");
        Tree hints = tree.tree("hints");
        return new Endpoint(
                tree.texts("addresses"),
                conditions.truth("ready", true),
                conditions.truth("serving", true),
                conditions.truth("terminating", false),
                tree.text("hostname"),
                tree.text("nodeName"),
                tree.text("zone"),
                TargetRef.from(tree.tree("targetRef")),
                names(hints, "forZones"),
                names(hints, "forNodes"));
    }

    private static List<String> names(Tree hints, String field) {
        return hints.trees(field).stream().map(hint -> hint.text("name", "")).toList();
    }
}
