// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the one document of Swagger 2.0 about all kinds, which older clients ask for. */
final class SwaggerDocument {
    private static final List<String> WRITTEN = List.of("application/json", "application/yaml");

    private SwaggerDocument() {}

    static Map<String, Object> of(List<Resource> resources, Schema schema, Map<String, String> descriptions) {
        SchemaTrees schemas = new SchemaTrees(Dialect.V2, schema, descriptions);
        Map<String, Object> paths = new TreeMap<>();
        for (Resource resource : resources) {
            String name = schemas.add(resource);
            if (name != null) {
                paths(resource, name, paths);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("swagger", "2.0");
        document.put("info", Map.of("title", "Kubernetes", "version", "v1.36.0"));
        document.put("paths", paths);
        document.put("definitions", schemas.all());
        return document;
    }

    private static void paths(Resource resource, String name, Map<String, Object> paths) {
        String all = resource.path(resource.namespaced() ? "{namespace}" : "", null);
        List<Object> around = resource.namespaced() ? List.of(inPath("namespace")) : List.of();
        Map<String, Object> collection = new LinkedHashMap<>();
        Map<String, Object> item = new LinkedHashMap<>();
        put(collection, "post", "create", resource, name);
        if (!resource.isQuestion()) {
            put(collection, "get", "list", resource, name);
            put(item, "get", "get", resource, name);
            put(item, "put", "update", resource, name);
            put(item, "patch", "patch", resource, name);
            put(item, "delete", "delete", resource, name);
            List<Object> both = new ArrayList<>(around);
            both.add(inPath("name"));
            item.put("parameters", both);
            paths.put(all + "/{name}", item);
        }
        collection.put("parameters", around);
        paths.put(all, collection);
    }

    private static void put(Map<String, Object> item, String method, String verb, Resource resource, String name) {
        if (!resource.verbs().contains(verb)) {
            return;
        }
        Map<String, Object> reference = Dialect.V2.reference(name);
        String action = verb.equals("create") ? "post" : verb.equals("update") ? "put" : verb;
        boolean writes = List.of("post", "put", "patch").contains(method);
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("description", action + " " + resource.kind());
        operation.put(
                "operationId", action + resource.group().replaceAll("\\W", "") + resource.version() + resource.kind());
        operation.put("consumes", method.equals("patch") ? OpenApiDocument.patchTypes(resource) : WRITTEN);
        operation.put("produces", WRITTEN);
        List<Object> parameters = new ArrayList<>();
        if (writes) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", "body");
            body.put("in", "body");
            body.put("required", true);
            body.put("schema", method.equals("patch") ? Map.of("type", "object") : reference);
            parameters.add(body);
            List.of("dryRun", "fieldManager", "fieldValidation").forEach(query -> parameters.add(inQuery(query)));
        }
        operation.put("parameters", parameters);
        operation.put("responses", Map.of("200", Map.of("description", "OK", "schema", reference)));
        operation.put("x-kubernetes-action", action);
        operation.put("x-kubernetes-group-version-kind", SchemaTrees.groupVersionKind(resource));
        item.put(method, operation);
    }

    private static Map<String, Object> inPath(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "path");
        parameter.put("required", true);
        parameter.put("type", "string");
        return parameter;
    }

    private static Map<String, Object> inQuery(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "query");
        parameter.put("type", "string");
        return parameter;
    }
}
