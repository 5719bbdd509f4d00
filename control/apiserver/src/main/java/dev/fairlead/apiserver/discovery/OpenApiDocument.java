// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes one document of OpenAPI v3: the paths of some kinds, and the schemas of everything in them. */
final class OpenApiDocument {
    private OpenApiDocument() {}

    static Map<String, Object> of(List<Resource> resources, Schema schema, Map<String, String> descriptions) {
        SchemaTrees schemas = new SchemaTrees(Dialect.V3, schema, descriptions);
        Map<String, Object> paths = new LinkedHashMap<>();
        Operation.of(resources, schemas).forEach((path, operations) -> {
            Map<String, Object> item = new LinkedHashMap<>();
            operations.forEach(operation -> item.put(operation.method(), tree(operation)));
            paths.put(path, item);
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.0.0");
        document.put("info", Map.of("title", "Kubernetes", "version", "v1.36.0"));
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas.all()));
        return document;
    }

    private static Map<String, Object> tree(Operation operation) {
        Map<String, Object> tree = operation.begun();
        Map<String, Object> reference = Map.of("schema", Dialect.V3.reference(operation.schema()));
        if (operation.writes()) {
            tree.put(
                    "parameters",
                    Operation.WRITING.stream().map(OpenApiDocument::parameter).toList());
            tree.put(
                    "requestBody",
                    operation.patches() ? patched(operation) : Map.of("content", Map.of("*/*", reference)));
        }
        tree.put(
                "responses",
                Map.of("200", Map.of("description", "OK", "content", Map.of("application/json", reference))));
        return operation.ended(tree);
    }

    private static Map<String, Object> patched(Operation operation) {
        Map<String, Object> anything = Map.of("schema", Map.of("type", "object"));
        Map<String, Object> content = new LinkedHashMap<>();
        operation.patchTypes().forEach(type -> content.put(type, anything));
        return Map.of("content", content, "required", true);
    }

    private static Map<String, Object> parameter(String name) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "query");
        parameter.put("schema", Map.of("type", "string", "uniqueItems", true));
        return parameter;
    }
}
