// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field of a JSON schema that takes a schema or something else ({@code items}, {@code additionalProperties}). The schema is of
 * the same type as the one around.
 */
public enum SchemaChoice {
    /** A schema, true or false. */
    OR_BOOLEAN,
    /** A schema, or several. */
    OR_LIST;

    private static final String SCHEMA = "JSONSchemaProps";
    private static final ValueType BOOLEAN = new ValueType(ValueType.Kind.BOOLEAN, null, null);

    /** The choice that a field of {@code type} is; null for other fields. */
    public static @Nullable SchemaChoice of(ObjectType type, Field field) {
        if (field.type().kind() != ValueType.Kind.ANY || !type.name().equals(SCHEMA)) {
            return null;
        }
        return switch (field.name()) {
            case "additionalItems", "additionalProperties" -> OR_BOOLEAN;
            case "items" -> OR_LIST;
            default -> null;
        };
    }

    /** The type that {@code value} has to have in a field of {@code type}: the field's own, or of a choice the one chosen. */
    static ValueType typeOf(ObjectType type, Field field, Object value) {
        SchemaChoice choice = of(type, field);
        if (choice == null) {
            return field.type();
        }
        ValueType schema = new ValueType(ValueType.Kind.OBJECT, null, type);
        return switch (value) {
            case List<?> several when choice == OR_LIST -> new ValueType(ValueType.Kind.LIST, schema, null);
            case Map<?, ?> one -> schema;
            default -> choice == OR_BOOLEAN ? BOOLEAN : schema;
        };
    }
}
