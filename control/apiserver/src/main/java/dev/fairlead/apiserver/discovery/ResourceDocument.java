// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One kind as discovery describes it. */
final class ResourceDocument {
    private ResourceDocument() {}

    static Map<String, Object> legacy(Resource resource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", resource.plural());
        tree.put("singularName", resource.singular());
        tree.put("namespaced", resource.namespaced());
        tree.put("kind", resource.kind());
        tree.put("verbs", resource.verbs());
        put(tree, "shortNames", resource.shortNames());
        put(tree, "categories", resource.categories());
        return tree;
    }

    static Map<String, Object> legacySub(Resource resource, String subresource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", resource.plural() + "/" + subresource);
        tree.put("singularName", "");
        tree.put("namespaced", resource.namespaced());
        String group = group(resource, subresource);
        if (!group.equals(resource.group())) {
            tree.put("group", group);
            tree.put("version", "v1");
        }
        tree.put("kind", kind(resource, subresource));
        tree.put("verbs", verbs(subresource));
        return tree;
    }

    static Map<String, Object> aggregated(Resource resource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("resource", resource.plural());
        tree.put("responseKind", groupVersionKind(resource.group(), resource.version(), resource.kind()));
        tree.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
        tree.put("singularResource", resource.singular());
        tree.put("verbs", resource.verbs());
        put(tree, "shortNames", resource.shortNames());
        put(tree, "categories", resource.categories());
        put(
                tree,
                "subresources",
                resource.subresources().stream()
                        .map(subresource -> aggregatedSub(resource, subresource))
                        .toList());
        return tree;
    }

    private static Map<String, Object> aggregatedSub(Resource resource, String subresource) {
        String group = group(resource, subresource);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("subresource", subresource);
        tree.put(
                "responseKind",
                groupVersionKind(
                        group,
                        group.equals(resource.group()) ? resource.version() : "v1",
                        kind(resource, subresource)));
        tree.put("verbs", verbs(subresource));
        return tree;
    }

    private static Map<String, Object> groupVersionKind(String group, String version, String kind) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("group", group);
        tree.put("version", version);
        tree.put("kind", kind);
        return tree;
    }

    /** The API group of what a subresource takes and gives; of another group than the resource's it is version v1. */
    private static String group(Resource resource, String subresource) {
        return switch (subresource) {
            case "scale" -> "autoscaling";
            case "token" -> "authentication.k8s.io";
            default -> resource.group();
        };
    }

    private static String kind(Resource resource, String subresource) {
        return switch (subresource) {
            case "scale" -> "Scale";
            case "proxy" -> resource.kind() + "ProxyOptions";
            case "attach" -> "PodAttachOptions";
            case "exec" -> "PodExecOptions";
            case "portforward" -> "PodPortForwardOptions";
            case "explain" -> "Explanation";
            case "token" -> "TokenRequest";
            default -> resource.kind();
        };
    }

    private static List<String> verbs(String subresource) {
        return switch (subresource) {
            case "proxy" -> List.of("create", "delete", "get", "patch", "update");
            case "attach", "exec", "portforward" -> List.of("create", "get");
            case "explain", "log" -> List.of("get");
            case "finalize" -> List.of("update");
            case "binding", "eviction", "token" -> List.of("create");
            default -> List.of("get", "patch", "update");
        };
    }

    private static void put(Map<String, Object> tree, String name, List<?> list) {
        if (!list.isEmpty()) {
            tree.put(name, list);
        }
    }
}
