// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.patch.Patch;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes one document of OpenAPI v3: the paths of some kinds, and the schemas of everything in them. */
final class OpenApiDocument {
    private OpenApiDocument() {}

    static Map<String, Object> of(List<Resource> resources, Schema schema, Map<String, String> descriptions) {
        SchemaTrees schemas = new SchemaTrees(Dialect.V3, schema, descriptions);
        Map<String, Object> paths = new TreeMap<>();
        for (Resource resource : resources) {
            String name = schemas.add(resource);
            if (name != null) {
                paths(resource, name, paths);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.0.0");
        document.put("info", Map.of("title", "Kubernetes", "version", "v1.36.0"));
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas.all()));
        return document;
    }

    private static void paths(Resource resource, String name, Map<String, Object> paths) {
        String all = resource.path(resource.namespaced() ? "{namespace}" : "", null);
        Map<String, Object> collection = new LinkedHashMap<>();
        if (resource.isQuestion()) {
            collection.put("post", operation(resource, "post", name, true));
            paths.put(all, collection);
            return;
        }
        collection.put("get", operation(resource, "list", name, false));
        collection.put("post", operation(resource, "post", name, true));
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("get", operation(resource, "get", name, false));
        item.put("put", operation(resource, "put", name, true));
        item.put("patch", patch(resource, name));
        item.put("delete", operation(resource, "delete", name, false));
        paths.put(all, collection);
        paths.put(all + "/{name}", item);
    }

    private static Map<String, Object> operation(Resource resource, String action, String name, boolean writes) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("description", action + " " + resource.kind());
        operation.put("operationId", action + resource.group().replaceAll("\\W", "") + resource.kind());
        if (writes) {
            operation.put("parameters", parameters());
            operation.put("requestBody", Map.of("content", Map.of("*/*", Map.of("schema", reference(name)))));
        }
        operation.put("responses", responses(name));
        operation.put("x-kubernetes-action", action);
        operation.put("x-kubernetes-group-version-kind", SchemaTrees.groupVersionKind(resource));
        return operation;
    }

    private static Map<String, Object> patch(Resource resource, String name) {
        Map<String, Object> operation = operation(resource, "patch", name, true);
        Map<String, Object> content = new LinkedHashMap<>();
        Map<String, Object> anything = Map.of("schema", Map.of("type", "object"));
        patchTypes(resource).forEach(type -> content.put(type, anything));
        operation.put("requestBody", Map.of("content", content, "required", true));
        return operation;
    }

    /** In which media types objects are patched. */
    static List<String> patchTypes(Resource resource) {
        List<String> types = new ArrayList<>(Patch.MEDIA_TYPES);
        types.removeIf(type -> type.equals(Patch.STRATEGIC) && resource.custom() != null);
        types.add("application/apply-patch+yaml");
        return types;
    }

    private static List<Object> parameters() {
        return List.of(parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation"));
    }

    private static Map<String, Object> parameter(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "query");
        parameter.put("schema", Map.of("type", "string", "uniqueItems", true));
        return parameter;
    }

    private static Map<String, Object> responses(String name) {
        return Map.of(
                "200",
                Map.of("description", "OK", "content", Map.of("application/json", Map.of("schema", reference(name)))));
    }

    private static Map<String, Object> reference(String name) {
        return Dialect.V3.reference(name);
    }
}
