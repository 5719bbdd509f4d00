// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.SchemaChoice;
import dev.fairlead.wire.schema.ValueType;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Turns objects into messages by their schema. What is absent is left out: readers take that for the zero that Go's encoder
 * would send. Values of another type than the schema's are left out, too; the server stores none such.
 */
final class ObjectEncoder {
    private ObjectEncoder() {}

    /** The message of an object. */
    static WireWriter message(ObjectType type, Map<?, ?> tree) {
        WireWriter out = new WireWriter();
        for (Field field : type.fields()) {
            Object value = tree.get(field.name());
            if (value == null || field.number() == 0) {
                continue;
            }
            SchemaChoice choice = SchemaChoice.of(type, field);
            if (choice != null) {
                out.message(field.number(), SchemaChoices.encode(choice, type, value));
            } else {
                field(field.number(), field.type(), value, out);
            }
        }
        for (ObjectType.Inlined inlined : type.inlined()) {
            WireWriter inner = message(inlined.type(), tree);
            if (!inner.isEmpty()) {
                out.message(inlined.number(), inner);
            }
        }
        return out;
    }

    private static void field(int number, ValueType type, Object value, WireWriter out) {
        switch (value) {
            case List<?> list
            when type.kind() == ValueType.Kind.LIST -> list.forEach(item -> value(number, type.items(), item, out));
            case Map<?, ?> map
            when type.kind() == ValueType.Kind.MAP ->
                map.forEach((key, item) -> {
                    WireWriter entry = new WireWriter().text(1, (String) key);
                    value(2, type.items(), item, entry);
                    out.message(number, entry);
                });
            default -> value(number, type, value, out);
        }
    }

    private static void value(int number, ValueType type, Object value, WireWriter out) {
        switch (type.kind()) {
            case STRING -> {
                if (value instanceof String text) {
                    out.text(number, text);
                }
            }
            case BOOLEAN -> out.truth(number, Boolean.TRUE.equals(value));
            case INTEGER, LONG -> out.whole(number, value instanceof Number whole ? whole.longValue() : 0);
            case NUMBER -> out.floating(number, value instanceof Number any ? any.doubleValue() : 0);
            case BYTES -> {
                if (value instanceof String text) {
                    out.bytes(number, Base64.getMimeDecoder().decode(text));
                }
            }
            case TIME, MICRO_TIME -> time(number, value, out);
            case QUANTITY -> out.message(number, new WireWriter().text(1, value.toString()));
            case INT_OR_STRING -> intOrString(number, value, out);
            case ANY, DEDUCED -> out.message(number, new WireWriter().bytes(1, Json.write(value)));
            case OBJECT -> {
                if (value instanceof Map<?, ?> map) {
                    out.message(number, message(type.fields(), map));
                }
            }
            case LIST -> {
                // As a map's value: a message with the items under 1 (ExtraValue).
                WireWriter items = new WireWriter();
                field(1, type, value, items);
                out.message(number, items);
            }
            case MAP -> throw new IllegalStateException("the model has no map of maps");
        }
    }

    /** Seconds (1) and nanoseconds (2). */
    private static void time(int number, Object value, WireWriter out) {
        Instant time = value instanceof String text ? Timestamps.parse(text) : null;
        if (time != null) {
            WireWriter message = new WireWriter().whole(1, time.getEpochSecond());
            out.message(number, time.getNano() == 0 ? message : message.whole(2, time.getNano()));
        }
    }

    /** Which of both it is (1), the number (2), the text (3). */
    private static void intOrString(int number, Object value, WireWriter out) {
        WireWriter message = new WireWriter();
        out.message(
                number,
                value instanceof Long whole
                        ? message.whole(1, 0).whole(2, whole)
                        : message.whole(1, 1).text(3, value.toString()));
    }
}
