// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * JSON bytes ⇄ value tree: {@code LinkedHashMap<String, Object>}, {@code ArrayList<Object>}, String, Long, Double,
 * Boolean, and {@link Null#NULL} where it is asked for.
 *
 * <p>Numbers as Go's {@code int64} and {@code float64}: without fraction and exponent and within 64 bits a Long, else a
 * Double. A null field or item is dropped unless nulls are kept. Of a field given twice the last counts; both are
 * reported. Depth is limited to {@value #MAX_DEPTH}, size by the caller.
 */
public final class Json {
    /** How deep objects and lists may nest. */
    public static final int MAX_DEPTH = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH + 1) // one deeper is refused in our words
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Places in its source, names of its features and settings, what it calls values, and codes of characters. */
    private static final Pattern PARSERS_OWN = Pattern.compile(
            ": was expecting \\(JSON .*|, from `[^`]*`(?=\\))| \\(start marker at .*|: enable `.*|: maybe a \\(non-standard\\).*| \\(code \\d+\\)(?=\\))|, code \\d+|\\(code \\d+\\)");

    private static final Separators SEPARATORS = Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");

    private Json() {}

    /** What becomes of null. */
    public enum Nulls {
        /** Nulls vanish: in Kubernetes null means absent. */
        DROP,
        /** Nulls stay as {@link Null#NULL}: in patches they ask for a removal. */
        KEEP
    }

    /**
     * What was read.
     *
     * @param value a value of a value tree; null when the text is {@code null} and nulls are dropped
     * @param duplicates the fields that were given twice
     */
    public record Read(@Nullable Object value, List<Problem> duplicates) {}

    /** An object that was read, and the fields that were given twice. */
    public record ReadObject(Map<String, Object> fields, List<Problem> duplicates) {}

    /**
     * Reads one JSON value, which must be all there is.
     *
     * @throws SyntaxException when the bytes are not JSON in UTF-8, nest too deep, or hold more than one value
     */
    public static Read read(byte[] bytes, Nulls nulls) {
        return new Reader(nulls, UnaryOperator.identity()).read(bytes, 0, bytes.length);
    }

    /**
     * Reads one JSON object, dropping nulls.
     *
     * @throws SyntaxException when the bytes are not one JSON object
     */
    public static ReadObject readObject(byte[] bytes) {
        return readObject(bytes, 0, bytes.length);
    }

    /** Reads one JSON object from part of {@code bytes}; see {@link #readObject(byte[])}. */
    public static ReadObject readObject(byte[] bytes, int offset, int length) {
        return readObject(bytes, offset, length, UnaryOperator.identity());
    }

    /**
     * The same; every text that is a value, not a name, is what {@code texts} gives for it, which must be equal to it: the same one
     * for equal texts, where much of what is read is kept.
     */
    @SuppressWarnings("unchecked") // the reader makes string keys only
    public static ReadObject readObject(byte[] bytes, int offset, int length, UnaryOperator<String> texts) {
        Read read = new Reader(Nulls.DROP, texts).read(bytes, offset, length);
        if (!(read.value instanceof Map<?, ?> map)) {
            throw new SyntaxException(1, 1, "expected an object, got " + describe(read.value));
        }
        return new ReadObject((Map<String, Object>) map, read.duplicates);
    }

    /** The object in {@code bytes}, duplicates forgiven: for what this program wrote itself and for answers of a server. */
    public static Map<String, Object> object(byte[] bytes) {
        return readObject(bytes).fields;
    }

    /** {@code value} as compact UTF-8 JSON, fields in the order of their maps. */
    public static byte[] write(@Nullable Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            writeValue(generator, value);
        }
        return out.toByteArray();
    }

    /** {@code value} as JSON indented by four spaces, as {@code kubectl get -o json} prints it, with a final newline. */
    public static String pretty(@Nullable Object value) {
        return pretty(value, 4);
    }

    /** {@code value} as JSON indented by so many {@code spaces}, with a final newline. */
    public static String pretty(@Nullable Object value, int spaces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        DefaultIndenter indent = new DefaultIndenter(" ".repeat(spaces), "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(SEPARATORS);
        printer.indentObjectsWith(indent);
        printer.indentArraysWith(indent);
        try (JsonGenerator generator = FACTORY.createGenerator(new PrettyContext(printer), out)) {
            writeValue(generator, value);
        }
        return out.toString(StandardCharsets.UTF_8) + "\n";
    }

    /** What sort of value this is, in words for messages: {@code string "80"}, {@code number 80}, {@code list}. */
    public static String describe(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Null _ -> "null";
            case String text -> "string \"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
            case Number number -> "number " + number;
            case Boolean truth -> "boolean " + truth;
            case Map<?, ?> _ -> "object";
            case List<?> _ -> "list";
            default -> value.getClass().getSimpleName();
        };
    }

    private static void writeValue(JsonGenerator generator, @Nullable Object value) {
        switch (value) {
            case null -> generator.writeNull();
            case Null _ -> generator.writeNull();
            case String text -> generator.writeString(text);
            case Boolean truth -> generator.writeBoolean(truth);
            case Double number
            when !Double.isFinite(number) -> throw new IllegalArgumentException("JSON has no number " + number);
            case Double number -> generator.writeNumber(number);
            case Number number -> generator.writeNumber(number.longValue());
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    generator.writeName((String) field.getKey());
                    writeValue(generator, field.getValue());
                }
                generator.writeEndObject();
            }
            case List<?> list -> {
                generator.writeStartArray();
                for (Object item : list) {
                    writeValue(generator, item);
                }
                generator.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no value of a value tree: " + value.getClass());
        }
    }

    /** Carries a pretty printer to the generator. */
    private static final class PrettyContext extends ObjectWriteContext.Base {
        private final DefaultPrettyPrinter printer;

        PrettyContext(DefaultPrettyPrinter printer) {
            this.printer = printer;
        }

        @Override
        public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
            return printer;
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }

    /** One reading: recursion over tokens, one FieldPath per container so that a duplicate can be named. */
    private static final class Reader {
        private final Nulls nulls;
        private final UnaryOperator<String> texts;
        private final List<Problem> duplicates = new ArrayList<>(0);

        Reader(Nulls nulls, UnaryOperator<String> texts) {
            this.nulls = nulls;
            this.texts = texts;
        }

        Read read(byte[] bytes, int offset, int length) {
            try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
                JsonToken first = parser.nextToken();
                if (first == null) {
                    throw new SyntaxException(1, 1, "expected a JSON value, found nothing");
                }
                Object value = value(parser, first, FieldPath.ROOT);
                if (parser.nextToken() != null) {
                    throw wrong(parser.currentTokenLocation(), "more text after the end of the value");
                }
                return new Read(value == Null.NULL && nulls == Nulls.DROP ? null : value, duplicates);
            } catch (JacksonException broken) {
                throw wrong(broken.getLocation(), worded(broken.getOriginalMessage()));
            }
        }

        private Object value(JsonParser parser, JsonToken token, FieldPath path) {
            return switch (token) {
                case START_OBJECT -> object(parser, path);
                case START_ARRAY -> list(parser, path);
                case VALUE_STRING -> texts.apply(parser.getString());
                case VALUE_NUMBER_INT -> integer(parser);
                case VALUE_NUMBER_FLOAT -> finite(parser);
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_NULL -> Null.NULL;
                default -> throw wrong(parser.currentTokenLocation(), "expected a value");
            };
        }

        private Map<String, Object> object(JsonParser parser, FieldPath path) {
            notTooDeep(parser);
            Map<String, Object> fields = new LinkedHashMap<>();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                boolean container = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
                Object value = value(parser, token, container ? path.field(name) : path);
                if (value == Null.NULL && nulls == Nulls.DROP) {
                    continue;
                }
                if (fields.put(name, value) != null) {
                    duplicates.add(Problem.duplicate(path.field(name)));
                }
            }
            return fields;
        }

        private List<Object> list(JsonParser parser, FieldPath path) {
            notTooDeep(parser);
            List<Object> items = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                boolean container = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
                Object value = value(parser, token, container ? path.item(items.size()) : path);
                if (value != Null.NULL || nulls == Nulls.KEEP) {
                    items.add(value);
                }
            }
            return items;
        }

        private static void notTooDeep(JsonParser parser) {
            if (parser.streamReadContext().getNestingDepth() > MAX_DEPTH) {
                throw wrong(parser.currentTokenLocation(), "nested deeper than " + MAX_DEPTH);
            }
        }

        private static Object integer(JsonParser parser) {
            return switch (parser.getNumberType()) {
                case INT, LONG -> parser.getLongValue();
                default -> finite(parser);
            };
        }

        private static Object finite(JsonParser parser) {
            double number = parser.getDoubleValue();
            if (!Double.isFinite(number)) {
                throw wrong(parser.currentTokenLocation(), "a number beyond 64-bit floating point");
            }
            return number;
        }

        private static SyntaxException wrong(@Nullable TokenStreamLocation where, String detail) {
            return where == null
                    ? new SyntaxException(1, 1, detail)
                    : new SyntaxException(Math.max(1, where.getLineNr()), Math.max(1, where.getColumnNr()), detail);
        }

        /** The parser's words without what is about the parser. */
        private static String worded(@Nullable String message) {
            if (message == null) {
                return "not JSON";
            }
            String line = message.lines().findFirst().orElse("not JSON");
            return PARSERS_OWN.matcher(line).replaceAll("");
        }
    }
}
