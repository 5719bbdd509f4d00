// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.Field.Join;
import dev.fairlead.wire.schema.Field.ListType;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.ValueType;
import dev.fairlead.wire.schema.ValueType.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A structural schema in the words of the one schema model, so that a custom object is joined as a built-in one is. */
final class FieldTypes {
    private static final ValueType DEDUCED = plain(Kind.DEDUCED);

    private FieldTypes() {}

    /** The fields of a kind; {@code apiVersion}, {@code kind} and {@code metadata} are every kind's. */
    static ObjectType root(String kind, JsonSchema schema, ValueType metadata) {
        List<Field> fields = new ArrayList<>();
        fields.add(field("apiVersion", plain(Kind.STRING), false, Join.NONE));
        fields.add(field("kind", plain(Kind.STRING), false, Join.NONE));
        fields.add(field("metadata", metadata, false, Join.NONE));
        for (Field field : fields(schema)) {
            if (!CustomKind.OF_EVERY_KIND.contains(field.name())) {
                fields.add(field);
            }
        }
        return ObjectType.of(kind, false, fields, others(schema));
    }

    private static List<Field> fields(JsonSchema schema) {
        List<String> required = schema.rules().texts("required");
        List<Field> fields = new ArrayList<>();
        schema.properties()
                .forEach((name, property) ->
                        fields.add(field(name, type(name, property), required.contains(name), join(property))));
        return fields;
    }

    private static Field field(String name, ValueType type, boolean required, Join join) {
        return new Field(name, type, 0, required, false, join, List.of());
    }

    private static @Nullable ValueType others(JsonSchema schema) {
        return schema.preserves() ? DEDUCED : null;
    }

    private static ValueType type(String name, JsonSchema schema) {
        if (schema.isIntOrString()) {
            return plain(Kind.INT_OR_STRING);
        }
        return switch (schema.type()) {
            case "object" -> object(name, schema);
            case "array" ->
                new ValueType(Kind.LIST, schema.items() == null ? DEDUCED : type(name, schema.items()), null);
            case "string" -> plain(Kind.STRING);
            case "boolean" -> plain(Kind.BOOLEAN);
            case "integer" -> plain(Kind.LONG);
            case "number" -> plain(Kind.NUMBER);
            default -> DEDUCED;
        };
    }

    private static ValueType object(String name, JsonSchema schema) {
        JsonSchema additional = schema.additional();
        if (additional != null) {
            return new ValueType(Kind.MAP, type(name, additional), null);
        }
        if (schema.properties().isEmpty() && (schema.preserves() || schema.embedsObject())) {
            return DEDUCED;
        }
        return new ValueType(Kind.OBJECT, null, ObjectType.of(name, schema.isAtomic(), fields(schema), others(schema)));
    }

    private static Join join(JsonSchema schema) {
        ListType type = switch (schema.type().equals("array") ? schema.listType() : "") {
            case "set" -> ListType.SET;
            case "map" -> ListType.MAP;
            case "atomic" -> ListType.ATOMIC;
            default -> schema.isAtomic() ? ListType.ATOMIC : ListType.NONE;
        };
        if (type == ListType.NONE) {
            return Join.NONE;
        }
        Map<String, Optional<Object>> keys = new LinkedHashMap<>();
        for (String key : type == ListType.MAP ? schema.listKeys() : List.<String>of()) {
            JsonSchema item = schema.items();
            JsonSchema property = item == null ? null : item.properties().get(key);
            keys.put(
                    key,
                    Optional.ofNullable(
                            property == null ? null : property.rules().value("default")));
        }
        return new Join(type, keys, false, "", false);
    }

    private static ValueType plain(Kind kind) {
        return new ValueType(kind, null, null);
    }
}
