// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.patch.Patch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a method does at a path of a kind; both versions of OpenAPI tell of these in their own words.
 *
 * @param schema the name of what is taken and given
 * @param method of HTTP, in lower case
 * @param action what Kubernetes calls it: {@code list}, {@code post} …
 */
record Operation(Resource resource, String schema, String method, String action) {
    /** The parameters of whatever writes. */
    static final List<String> WRITING = List.of("dryRun", "fieldManager", "fieldValidation");

    private static final List<String> OF_ALL = List.of("create post post", "list get list");
    private static final List<String> OF_ONE =
            List.of("get get get", "update put put", "patch patch patch", "delete delete delete");

    /** The operations of kinds by path, in order; the kinds' schemas are added to {@code schemas}. */
    static Map<String, List<Operation>> of(List<Resource> resources, SchemaTrees schemas) {
        Map<String, List<Operation>> paths = new TreeMap<>();
        for (Resource resource : resources) {
            String name = schemas.add(resource);
            if (name != null) {
                String all = resource.path(resource.namespaced() ? "{namespace}" : "", null);
                put(paths, all, OF_ALL, resource, name);
                put(paths, all + "/{name}", OF_ONE, resource, name);
            }
        }
        return paths;
    }

    private static void put(
            Map<String, List<Operation>> paths, String path, List<String> rows, Resource resource, String schema) {
        List<Operation> operations = new ArrayList<>();
        for (String row : rows) {
            String[] words = row.split(" ");
            if (resource.verbs().contains(words[0])) {
                operations.add(new Operation(resource, schema, words[1], words[2]));
            }
        }
        if (!operations.isEmpty()) {
            paths.put(path, operations);
        }
    }

    boolean writes() {
        return List.of("post", "put", "patch").contains(method);
    }

    boolean patches() {
        return method.equals("patch");
    }

    /** What both versions begin with. */
    Map<String, Object> begun() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("description", action + " " + resource.kind());
        tree.put("operationId", action + resource.group().replaceAll("\\W", "") + resource.version() + resource.kind());
        return tree;
    }

    /** What both versions end with. */
    Map<String, Object> ended(Map<String, Object> tree) {
        tree.put("x-kubernetes-action", action);
        tree.put("x-kubernetes-group-version-kind", SchemaTrees.groupVersionKind(resource));
        return tree;
    }

    /** In which media types objects are patched. */
    List<String> patchTypes() {
        List<String> types = new ArrayList<>(Patch.MEDIA_TYPES);
        types.removeIf(type -> type.equals(Patch.STRATEGIC) && resource.custom() != null);
        types.add("application/apply-patch+yaml");
        return types;
    }
}
