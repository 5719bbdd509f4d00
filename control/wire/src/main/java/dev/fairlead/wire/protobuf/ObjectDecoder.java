// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.Field;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.SchemaChoice;
import dev.fairlead.wire.schema.ValueType;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns messages into objects by their schema. What Go's encoder always sends although it means "absent" is left out: empty
 * text, zero times, and 0 and false of fields that are no pointers in Go.
 */
final class ObjectDecoder {
    private final Function<byte[], Map<String, Object>> nested;

    /**
     * A decoder.
     *
     * @param nested reads a whole object that lies as bytes in a field
     */
    ObjectDecoder(Function<byte[], Map<String, Object>> nested) {
        this.nested = nested;
    }

    void fields(ObjectType type, WireReader in, Map<String, Object> into, int depth) throws WireReader.BrokenException {
        if (depth > Json.MAX_DEPTH) {
            throw new WireReader.BrokenException("nested deeper than " + Json.MAX_DEPTH);
        }
        while (in.next()) {
            Field field = type.field(in.number());
            ObjectType inlined = type.inlined(in.number());
            SchemaChoice choice = field == null ? null : SchemaChoice.of(type, field);
            if (field != null && choice != null) {
                into.put(field.name(), SchemaChoices.decode(choice, type, in.message(), this, depth));
            } else if (field != null) {
                field(field, in, into, depth);
            } else if (inlined != null) {
                fields(inlined, in.message(), into, depth + 1);
            } else {
                in.skip();
            }
        }
    }

    private void field(Field field, WireReader in, Map<String, Object> into, int depth)
            throws WireReader.BrokenException {
        ValueType type = field.type();
        switch (type.kind()) {
            case LIST -> items(type.items(), in, list(into, field.name()), depth);
            case MAP -> entry(type.items(), in.message(), map(into, field.name()), depth);
            default -> {
                Object value = value(type, in, depth);
                if (value == null || isAbsent(field, value)) {
                    into.remove(field.name());
                } else {
                    into.put(field.name(), value);
                }
            }
        }
    }

    private static boolean isAbsent(Field field, Object value) {
        return switch (value) {
            case String text -> text.isEmpty() && !field.required();
            case Long number -> number == 0 && field.zeroIsAbsent();
            case Boolean truth -> !truth && field.zeroIsAbsent();
            default -> false;
        };
    }

    private void items(ValueType type, WireReader in, List<Object> into, int depth) throws WireReader.BrokenException {
        boolean number = type.kind() == ValueType.Kind.INTEGER || type.kind() == ValueType.Kind.LONG;
        if (number && in.hasLength()) {
            WireReader packed = in.message();
            while (!packed.isEmpty()) {
                into.add(packed.packed());
            }
            return;
        }
        Object value = value(type, in, depth);
        if (value != null) {
            into.add(value);
        }
    }

    private void entry(ValueType type, WireReader in, Map<String, Object> into, int depth)
            throws WireReader.BrokenException {
        String key = "";
        Object value = null;
        while (in.next()) {
            if (in.number() == 1) {
                key = in.text();
            } else if (in.number() == 2) {
                value = value(type, in, depth);
            } else {
                in.skip();
            }
        }
        if (value != null) {
            into.put(key, value);
        } else if (type.kind() == ValueType.Kind.STRING || type.kind() == ValueType.Kind.BYTES) {
            into.put(key, "");
        }
    }

    private @Nullable Object value(ValueType type, WireReader in, int depth) throws WireReader.BrokenException {
        return switch (type.kind()) {
            case STRING -> in.text();
            case BOOLEAN -> in.whole() != 0;
            case INTEGER, LONG -> in.whole();
            case NUMBER -> number(in.floating());
            case BYTES -> Base64.getEncoder().encodeToString(in.bytes());
            case TIME -> time(in.message(), Timestamps::seconds);
            case MICRO_TIME -> time(in.message(), Timestamps::micros);
            case QUANTITY -> firstText(in.message());
            case INT_OR_STRING -> intOrString(in.message());
            case ANY, DEDUCED -> any(in.message());
            case OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                fields(type.fields(), in.message(), object, depth + 1);
                yield object;
            }
            case LIST -> {
                // A list as a map's value is a message with the items under 1 (ExtraValue).
                List<Object> list = new ArrayList<>();
                WireReader items = in.message();
                while (items.next()) {
                    items(type.items(), items, list, depth + 1);
                }
                yield list;
            }
            case MAP -> throw new WireReader.BrokenException("a map of maps");
        };
    }

    /** As JSON writes it: a whole number without a point. */
    private static Object number(double floating) {
        boolean whole = floating == Math.rint(floating) && Math.abs(floating) < 1L << 53;
        return whole ? (Object) (long) floating : floating;
    }

    /** A time's seconds (1) and nanoseconds (2); null for the zero time, which means none. */
    private static @Nullable String time(WireReader in, Function<Instant, String> format)
            throws WireReader.BrokenException {
        long seconds = 0;
        long nanos = 0;
        while (in.next()) {
            switch (in.number()) {
                case 1 -> seconds = in.whole();
                case 2 -> nanos = in.whole();
                default -> in.skip();
            }
        }
        if (seconds == 0 && nanos == 0) {
            return null;
        }
        try {
            return format.apply(Instant.ofEpochSecond(seconds, nanos));
        } catch (DateTimeException tooFar) {
            throw new WireReader.BrokenException("no time is " + seconds + " seconds after 1970");
        }
    }

    private static String firstText(WireReader in) throws WireReader.BrokenException {
        String text = "";
        while (in.next()) {
            if (in.number() == 1) {
                text = in.text();
            } else {
                in.skip();
            }
        }
        return text;
    }

    /** Which of both it is (1), the number (2), the text (3). */
    private static Object intOrString(WireReader in) throws WireReader.BrokenException {
        boolean isText = false;
        long number = 0;
        String text = "";
        while (in.next()) {
            switch (in.number()) {
                case 1 -> isText = in.whole() == 1;
                case 2 -> number = in.whole();
                case 3 -> text = in.text();
                default -> in.skip();
            }
        }
        return isText ? text : number;
    }

    /** FieldsV1 and RawExtension: JSON, or a whole object in protobuf, as bytes under 1. */
    private @Nullable Object any(WireReader in) throws WireReader.BrokenException {
        byte[] raw = {};
        while (in.next()) {
            if (in.number() == 1) {
                raw = in.bytes();
            } else {
                in.skip();
            }
        }
        if (raw.length == 0) {
            return null;
        }
        return Protobuf.isProtobuf(raw)
                ? nested.apply(raw)
                : Json.read(raw, Json.Nulls.DROP).value();
    }

    @SuppressWarnings("unchecked") // only this decoder puts values there, by the same schema
    private static List<Object> list(Map<String, Object> into, String name) {
        return (List<Object>) into.computeIfAbsent(name, _ -> new ArrayList<>());
    }

    @SuppressWarnings("unchecked") // only this decoder puts values there, by the same schema
    private static Map<String, Object> map(Map<String, Object> into, String name) {
        return (Map<String, Object>) into.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    }
}
