// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the one document of Swagger 2.0 about all kinds, which older clients ask for. */
final class SwaggerDocument {
    private static final List<String> WRITTEN = List.of("application/json", "application/yaml");

    private SwaggerDocument() {}

    static Map<String, Object> of(List<Resource> resources, Schema schema, Map<String, String> descriptions) {
        SchemaTrees schemas = new SchemaTrees(Dialect.V2, schema, descriptions);
        Map<String, Object> paths = new LinkedHashMap<>();
        Operation.of(resources, schemas).forEach((path, operations) -> {
            Map<String, Object> item = new LinkedHashMap<>();
            operations.forEach(operation -> item.put(operation.method(), tree(operation)));
            item.put("parameters", inPath(path));
            paths.put(path, item);
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("swagger", "2.0");
        document.put("info", Map.of("title", "Kubernetes", "version", "v1.36.0"));
        document.put("paths", paths);
        document.put("definitions", schemas.all());
        return document;
    }

    private static Map<String, Object> tree(Operation operation) {
        Map<String, Object> tree = operation.begun();
        Map<String, Object> reference = Dialect.V2.reference(operation.schema());
        tree.put("consumes", operation.patches() ? operation.patchTypes() : WRITTEN);
        tree.put("produces", WRITTEN);
        List<Object> parameters = new ArrayList<>();
        if (operation.writes()) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", "body");
            body.put("in", "body");
            body.put("required", true);
            body.put("schema", operation.patches() ? Map.of("type", "object") : reference);
            parameters.add(body);
            Operation.WRITING.forEach(name -> parameters.add(parameter(name, "query")));
        }
        tree.put("parameters", parameters);
        tree.put("responses", Map.of("200", Map.of("description", "OK", "schema", reference)));
        return operation.ended(tree);
    }

    private static List<Object> inPath(String path) {
        List<Object> parameters = new ArrayList<>();
        for (String name : List.of("namespace", "name")) {
            if (path.contains("{" + name + "}")) {
                parameters.add(parameter(name, "path"));
            }
        }
        return parameters;
    }

    private static Map<String, Object> parameter(String name, String in) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        if (in.equals("path")) {
            parameter.put("required", true);
        }
        parameter.put("type", "string");
        return parameter;
    }
}
