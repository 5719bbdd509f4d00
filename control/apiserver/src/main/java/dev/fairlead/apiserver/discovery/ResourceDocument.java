// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.wire.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

    static Map<String, Object> legacy(Resource resource, Subresource subresource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", subresource.of(resource));
        tree.put("singularName", "");
        tree.put("namespaced", resource.namespaced());
        String group = subresource.group(resource);
        if (!group.equals(resource.group())) {
            tree.put("group", group);
            tree.put("version", subresource.version(resource));
        }
        tree.put("kind", subresource.kind(resource));
        tree.put("verbs", subresource.verbs(resource));
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
                below(resource).stream()
                        .map(subresource -> aggregated(resource, subresource))
                        .toList());
        return tree;
    }

    private static Map<String, Object> aggregated(Resource resource, Subresource subresource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("subresource", subresource.text());
        tree.put(
                "responseKind",
                groupVersionKind(
                        subresource.group(resource), subresource.version(resource), subresource.kind(resource)));
        tree.put("verbs", subresource.verbs(resource));
        return tree;
    }

    /** The subresources of a kind, as the table has them. */
    static List<Subresource> below(Resource resource) {
        return resource.subresources().stream()
                .map(name -> Objects.requireNonNull(Subresource.of(name), name))
                .toList();
    }

    private static Map<String, Object> groupVersionKind(String group, String version, String kind) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("group", group);
        tree.put("version", version);
        tree.put("kind", kind);
        return tree;
    }

    private static void put(Map<String, Object> tree, String name, List<?> list) {
        if (!list.isEmpty()) {
            tree.put(name, list);
        }
    }
}
