// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.SchemaChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes and reads a {@link SchemaChoice}: in JSON it is either of both, in protobuf a message with a field for each: {@code
 * allows} (1) or {@code schema} (2); {@code schema} (1) or several (2).
 */
final class SchemaChoices {
    private SchemaChoices() {}

    /** The message of {@code value}, which stands in a schema of {@code type}. */
    static WireWriter encode(SchemaChoice choice, ObjectType type, Object value) {
        WireWriter out = new WireWriter();
        switch (value) {
            case Map<?, ?> schema
            when choice == SchemaChoice.OR_LIST -> out.message(1, ObjectEncoder.message(type, schema));
            case Map<?, ?> schema -> out.truth(1, true).message(2, ObjectEncoder.message(type, schema)); // Go says both
            case List<?> list
            when choice == SchemaChoice.OR_LIST -> {
                for (Object item : list) {
                    if (item instanceof Map<?, ?> schema) {
                        out.message(2, ObjectEncoder.message(type, schema));
                    }
                }
            }
            case Boolean allows when choice == SchemaChoice.OR_BOOLEAN -> out.truth(1, allows);
            default -> {} // what is of no such type is refused before it is stored
        }
        return out;
    }

    /** The value that a message stands for. */
    static Object decode(SchemaChoice choice, ObjectType type, WireReader in, ObjectDecoder decoder, int depth)
            throws WireReader.BrokenException {
        boolean allows = false;
        Map<String, Object> schema = null;
        List<Object> several = new ArrayList<>();
        while (in.next()) {
            if (choice == SchemaChoice.OR_BOOLEAN && in.number() == 1) {
                allows = in.whole() != 0;
            } else if (in.number() == 1 || in.number() == 2) {
                Map<String, Object> each = new LinkedHashMap<>();
                boolean one = (in.number() == 1) == (choice == SchemaChoice.OR_LIST);
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
        return choice == SchemaChoice.OR_BOOLEAN ? (Object) allows : several;
    }
}
