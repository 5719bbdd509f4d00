// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON schema has in a field that takes a schema or something else ({@code items}, {@code additionalProperties}): in JSON
 * either of both, in protobuf a message with a field for each. The schema is of the same sort as the one around.
 */
enum SchemaChoice {
    /** {@code allows} (1) or {@code schema} (2). */
    OR_BOOLEAN,
    /** {@code schema} (1) or several (2). */
    OR_LIST;

    private static final String SCHEMA = "JSONSchemaProps";

    /** The choice that a field is; null for other fields. */
    static @Nullable SchemaChoice of(ObjectType type, Field field) {
        if (!type.name().equals(SCHEMA)) {
            return null;
        }
        return switch (field.name()) {
            case "additionalItems", "additionalProperties" -> OR_BOOLEAN;
            case "items" -> OR_LIST;
            default -> null;
        };
    }

    /** The message of {@code value}, which stands in a schema of {@code type}. */
    WireWriter encoded(ObjectType type, Object value) {
        WireWriter out = new WireWriter();
        switch (value) {
            case Map<?, ?> schema when this == OR_LIST -> out.message(1, ObjectEncoder.message(type, schema));
            case Map<?, ?> schema -> out.truth(1, true).message(2, ObjectEncoder.message(type, schema)); // Go says both
            case List<?> list
            when this == OR_LIST -> {
                for (Object item : list) {
                    if (item instanceof Map<?, ?> schema) {
                        out.message(2, ObjectEncoder.message(type, schema));
                    }
                }
            }
            case Boolean allows when this == OR_BOOLEAN -> out.truth(1, allows);
            default -> {} // what is of no such type is refused before it is stored
        }
        return out;
    }

    /** The value that a message stands for. */
    Object decoded(ObjectType type, WireReader in, ObjectDecoder decoder, int depth) throws WireReader.BrokenException {
        boolean allows = false;
        Map<String, Object> schema = null;
        List<Object> several = new ArrayList<>();
        while (in.next()) {
            if (this == OR_BOOLEAN && in.number() == 1) {
                allows = in.whole() != 0;
            } else if (in.number() == 1 || in.number() == 2) {
                Map<String, Object> each = new LinkedHashMap<>();
                boolean one = (in.number() == 1) == (this == OR_LIST);
                decoder.fields(type, in.message(), each, depth + 1);
                if (one) {
                    schema = each;
                } else {
                    several.add(each);
                }
            } else {
                in.skip();
            }
        }
        if (schema != null) {
            return schema;
        }
        return this == OR_BOOLEAN ? (Object) allows : several;
    }
}
