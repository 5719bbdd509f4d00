// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the two versions of OpenAPI write differently about the same schemas. */
enum Dialect {
    /** Swagger 2.0. It has no choice between schemas, and kubectl takes a field without type for anything. */
    V2("#/definitions/"),
    /** OpenAPI 3.0. */
    V3("#/components/schemas/");

    /** What Swagger cannot say. */
    private static final Set<String> UNKNOWN_TO_V2 =
            Set.of("allOf", "anyOf", "oneOf", "not", "nullable", "x-kubernetes-validations");

    private final String schemas;

    Dialect(String schemas) {
        this.schemas = schemas;
    }

    Map<String, Object> reference(String name) {
        return Map.of("$ref", schemas + name);
    }

    /**
     * What a field holds that is an object with a schema of its own. Beside a {@code $ref} of v3 descriptions are lost to some
     * readers, so it stands in an {@code allOf} there.
     */
    Map<String, Object> field(String name) {
        return new LinkedHashMap<>(this == V2 ? reference(name) : Map.of("allOf", List.of(reference(name))));
    }

    /** An amount: {@code 500m} or a plain number, which kubectl takes for text, too. */
    Map<String, Object> quantity() {
        return this == V2
                ? Map.of("type", "string")
                : Map.of("oneOf", List.of(Map.of("type", "string"), Map.of("type", "number")));
    }

    /** The schema of a definition as this version can say it; a copy of the object itself. */
    Map<String, Object> custom(Map<String, Object> schema) {
        return this == V3 ? new LinkedHashMap<>(schema) : simple(schema);
    }

    private static Map<String, Object> simple(Map<?, ?> schema) {
        Map<String, Object> simple = new LinkedHashMap<>();
        boolean free = Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"));
        schema.forEach((key, value) -> {
            String name = (String) key;
            boolean judges =
                    free && Set.of("type", "properties", "items", "required").contains(name);
            if (!UNKNOWN_TO_V2.contains(name) && !judges) {
                simple.put(name, inner(name, value));
            }
        });
        return simple;
    }

    private static Object inner(String name, Object value) {
        return switch (name) {
            case "properties" -> {
                Map<String, Object> properties = new LinkedHashMap<>();
                if (value instanceof Map<?, ?> map) {
                    map.forEach((field, schema) ->
                            properties.put((String) field, schema instanceof Map<?, ?> tree ? simple(tree) : schema));
                }
                yield properties;
            }
            case "items", "additionalProperties" -> value instanceof Map<?, ?> tree ? simple(tree) : value;
            default -> value instanceof List<?> list ? new ArrayList<>(list) : value;
        };
    }
}
