// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.patch.Patch;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.schema.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes one OpenAPI document: the paths of some kinds, and the schemas of everything in them. */
final class OpenApiDocument {
    private static final String SCHEMAS = "#/components/schemas/";

    private final Schema schema;
    private final Map<String, String> descriptions;
    private final Map<String, Object> schemas = new TreeMap<>();

    OpenApiDocument(Schema schema, Map<String, String> descriptions) {
        this.schema = schema;
        this.descriptions = descriptions;
    }

    Map<String, Object> of(List<Resource> resources) {
        Map<String, Object> paths = new TreeMap<>();
        for (Resource resource : resources) {
            CustomKind custom = resource.custom();
            ObjectType type = schema.type(resource.apiVersion(), resource.kind());
            String name = name(resource);
            if (custom != null) {
                schemas.put(name, custom(custom, groupVersionKind(resource)));
                paths(resource, name, paths);
            } else if (type != null) {
                schemas.put(name, object(type, List.of(groupVersionKind(resource))));
                paths(resource, name, paths);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.0.0");
        document.put("info", Map.of("title", "Kubernetes", "version", "v1.36.0"));
        document.put("paths", paths);
        document.put("components", Map.of("schemas", schemas));
        return document;
    }

    private static String name(Resource resource) {
        if (resource.custom() != null || resource.group().equals("fairlead.dev")) {
            List<String> domain = Arrays.asList(resource.group().split("\\."));
            Collections.reverse(domain);
            return String.join(".", domain) + "." + resource.version() + "." + resource.kind();
        }
        String group = resource.group().isEmpty() ? "core" : resource.group();
        return "io.k8s.api." + group.replaceFirst("\\.k8s\\.io$", "") + "." + resource.version() + "."
                + resource.kind();
    }

    /** A custom kind's schema as it was written, with what every kind has. */
    private Map<String, Object> custom(CustomKind kind, Map<String, Object> groupVersionKind) {
        Map<String, Object> tree = new LinkedHashMap<>(kind.schema().rules().fields());
        Map<String, Object> properties =
                new LinkedHashMap<>(kind.schema().rules().tree("properties").fields());
        for (String name : List.of("apiVersion", "kind")) {
            properties.put(name, Map.of("type", "string"));
        }
        properties.put("metadata", value(schema.metadata()));
        tree.put("properties", properties);
        tree.put("x-kubernetes-group-version-kind", List.of(groupVersionKind));
        return tree;
    }

    private static Map<String, Object> groupVersionKind(Resource resource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("group", resource.group());
        tree.put("version", resource.version());
        tree.put("kind", resource.kind());
        return tree;
    }

    private static void paths(Resource resource, String name, Map<String, Object> paths) {
        String all = resource.path(resource.namespaced() ? "{namespace}" : "", null);
        Map<String, Object> collection = new LinkedHashMap<>();
        if (!resource.verbs().contains("get")) {
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
        operation.put("x-kubernetes-group-version-kind", groupVersionKind(resource));
        return operation;
    }

    private static Map<String, Object> patch(Resource resource, String name) {
        Map<String, Object> operation = operation(resource, "patch", name, true);
        Map<String, Object> content = new LinkedHashMap<>();
        Map<String, Object> anything = Map.of("schema", Map.of("type", "object"));
        List<String> types = new ArrayList<>(Patch.MEDIA_TYPES);
        types.removeIf(type -> type.equals(Patch.STRATEGIC) && resource.custom() != null);
        types.add("application/apply-patch+yaml");
        types.forEach(type -> content.put(type, anything));
        operation.put("requestBody", Map.of("content", content, "required", true));
        return operation;
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
        return Map.of("$ref", SCHEMAS + name);
    }

    private Map<String, Object> object(ObjectType type, List<Object> kinds) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        for (Field field : type.fields()) {
            properties.put(field.name(), property(type, field));
            if (field.required()) {
                required.add(field.name());
            }
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        describe(tree, type.name());
        tree.put("type", "object");
        if (!required.isEmpty()) {
            tree.put("required", required);
        }
        tree.put("properties", properties);
        if (!kinds.isEmpty()) {
            tree.put("x-kubernetes-group-version-kind", kinds);
        }
        return tree;
    }

    private void describe(Map<String, Object> tree, String what) {
        String text = descriptions.get(what);
        if (text != null) {
            tree.put("description", text);
        }
    }

    private Map<String, Object> property(ObjectType owner, Field field) {
        Map<String, Object> tree = new LinkedHashMap<>();
        describe(tree, owner.name() + "." + field.name());
        tree.putAll(value(field.type()));
        if (!field.values().isEmpty()) {
            tree.put("enum", field.values());
        }
        Field.Join join = field.join();
        switch (join.listType()) {
            case NONE -> {}
            case ATOMIC -> tree.put("x-kubernetes-list-type", "atomic");
            case SET -> tree.put("x-kubernetes-list-type", "set");
            case MAP -> {
                tree.put("x-kubernetes-list-type", "map");
                tree.put("x-kubernetes-list-map-keys", List.copyOf(join.keys().keySet()));
            }
        }
        if (join.merges()) {
            tree.put("x-kubernetes-patch-strategy", join.retainsKeys() ? "merge,retainKeys" : "merge");
            if (!join.mergeKey().isEmpty()) {
                tree.put("x-kubernetes-patch-merge-key", join.mergeKey());
            }
        }
        return tree;
    }

    private Map<String, Object> value(ValueType type) {
        return switch (type.kind()) {
            case STRING -> Map.of("type", "string");
            case BOOLEAN -> Map.of("type", "boolean");
            case INTEGER -> formatted("integer", "int32");
            case LONG -> formatted("integer", "int64");
            case NUMBER -> formatted("number", "double");
            case BYTES -> formatted("string", "byte");
            case TIME, MICRO_TIME -> formatted("string", "date-time");
            case QUANTITY -> Map.of("oneOf", List.of(Map.of("type", "string"), Map.of("type", "number")));
            case INT_OR_STRING -> formatted("string", "int-or-string");
            case ANY -> Map.of("type", "object");
            case DEDUCED -> Map.of("x-kubernetes-preserve-unknown-fields", true);
            case OBJECT -> nested(type.fields());
            case LIST -> of("array", "items", type.items());
            case MAP -> of("object", "additionalProperties", type.items());
        };
    }

    private static Map<String, Object> formatted(String type, String format) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        tree.put("format", format);
        return tree;
    }

    private Map<String, Object> of(String type, String name, ValueType items) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", type);
        tree.put(name, value(items));
        return tree;
    }

    /** A reference; descriptions beside a {@code $ref} are lost to some readers, so it stands in an {@code allOf}. */
    private Map<String, Object> nested(ObjectType type) {
        String name = "io.k8s.model." + type.name();
        if (!schemas.containsKey(name)) {
            schemas.put(name, Map.of()); // before its fields, which may come back to it
            schemas.put(name, object(type, List.of()));
        }
        return new LinkedHashMap<>(Map.of("allOf", List.of(reference(name))));
    }
}
