// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
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
import org.jspecify.annotations.Nullable;

/** The schemas of kinds and of everything in them, as OpenAPI writes them. */
final class SchemaTrees {
    private final Dialect dialect;
    private final Schema schema;
    private final Map<String, String> descriptions;
    private final Map<String, Object> schemas = new TreeMap<>();

    SchemaTrees(Dialect dialect, Schema schema, Map<String, String> descriptions) {
        this.dialect = dialect;
        this.schema = schema;
        this.descriptions = descriptions;
    }

    /** All that were added, and what they refer to, by name. */
    Map<String, Object> all() {
        return schemas;
    }

    /** Adds a kind; its name, or null when nothing is known of its fields. */
    @Nullable
    String add(Resource resource) {
        CustomKind custom = resource.custom();
        ObjectType type = schema.type(resource.apiVersion(), resource.kind());
        String name = name(resource);
        if (custom != null) {
            schemas.put(name, custom(custom, groupVersionKind(resource)));
        } else if (type != null) {
            schemas.put(name, object(type, List.of(groupVersionKind(resource))));
        } else {
            return null;
        }
        return name;
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
        Map<String, Object> tree = dialect.custom(kind.schema().rules().fields());
        Map<String, Object> properties = new LinkedHashMap<>();
        if (tree.get("properties") instanceof Map<?, ?> own) {
            own.forEach((name, property) -> properties.put((String) name, property));
        }
        for (String name : List.of("apiVersion", "kind")) {
            properties.put(name, Map.of("type", "string"));
        }
        properties.put("metadata", value(schema.metadata()));
        tree.put("properties", properties);
        tree.put("x-kubernetes-group-version-kind", List.of(groupVersionKind));
        return tree;
    }

    static Map<String, Object> groupVersionKind(Resource resource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("group", resource.group());
        tree.put("version", resource.version());
        tree.put("kind", resource.kind());
        return tree;
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
        if (text != null && !text.isEmpty()) {
            tree.put("description", text);
        }
    }

    private Map<String, Object> property(ObjectType owner, Field field) {
        Map<String, Object> tree = new LinkedHashMap<>();
        describe(tree, owner.name() + "." + field.name());
        ObjectType object = field.type().object();
        if (!tree.containsKey("description") && object != null) {
            describe(tree, object.name()); // the model says it of the type only
        }
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
            case QUANTITY -> dialect.quantity();
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

    private Map<String, Object> nested(ObjectType type) {
        String name = "io.k8s.model." + type.name();
        if (!schemas.containsKey(name)) {
            schemas.put(name, Map.of()); // before its fields, which may come back to it
            schemas.put(name, object(type, List.of()));
        }
        return dialect.field(name);
    }
}
