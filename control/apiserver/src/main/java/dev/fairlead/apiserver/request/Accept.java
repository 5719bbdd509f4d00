// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.protobuf.Protobuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The media types a client takes: those of a higher quality ({@code q}) first, of the same quality those that say more, and else in
 * its order.
 *
 * @param ranges type and parameters each
 */
public record Accept(List<Range> ranges) {
    private static final Comparator<Range> BEST_FIRST =
            Comparator.comparingDouble(Range::quality).reversed().thenComparingInt(Range::wildcards);

    /** One media type with its parameters, names and type in lower case. */
    public record Range(String type, Map<String, String> parameters) {
        /** Whether {@code wanted} is one this range allows. */
        public boolean allows(String wanted) {
            int slash = wanted.indexOf('/');
            return type.equals(wanted) || type.equals("*/*") || type.equals(wanted.substring(0, slash) + "/*");
        }

        /** How much it is liked, from 0 to 1; what is no number is as if nothing were said. */
        double quality() {
            try {
                return parameters.containsKey("q") ? Math.clamp(Double.parseDouble(parameter("q")), 0.0, 1.0) : 1;
            } catch (NumberFormatException notANumber) {
                return 1;
            }
        }

        private int wildcards() {
            return type.startsWith("*") ? 2 : type.endsWith("/*") ? 1 : 0;
        }

        /** The parameter, or an empty text. */
        public String parameter(String name) {
            return parameters.getOrDefault(name, "");
        }
    }

    /** How objects are to be shown. */
    public enum Form {
        /** As they are. */
        OBJECT,
        /** As rows of a table. */
        TABLE,
        /** The metadata of one alone. */
        METADATA,
        /** The metadata of those of a list alone. */
        METADATA_LIST;

        /** Whether it is of metadata, which every kind has. */
        boolean isMetadata() {
            return this == METADATA || this == METADATA_LIST;
        }
    }

    /**
     * What was agreed on.
     *
     * @param version of the group meta.k8s.io, for tables and metadata
     * @param encoding what it is written in
     */
    public record Choice(Form form, String version, Encoding encoding) {}

    /** What objects are written in. */
    public enum Encoding {
        JSON,
        YAML,
        /** Kubernetes' own, never for tables. */
        PROTOBUF
    }

    /** Reads the header; absent or empty means anything. */
    public static Accept of(@Nullable String header) {
        List<Range> ranges = new ArrayList<>();
        for (String item : header == null ? new String[0] : header.split(",", -1)) {
            if (!item.isBlank()) {
                ranges.add(range(item));
            }
        }
        ranges.sort(BEST_FIRST);
        return new Accept(ranges.isEmpty() ? List.of(new Range("*/*", Map.of())) : List.copyOf(ranges));
    }

    /** One media type and its parameters. */
    public static Range range(String text) {
        String[] parts = text.split(";", -1);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                parameters.put(
                        parts[i].substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        parts[i].substring(equals + 1).strip());
            }
        }
        return new Range(parts[0].strip().toLowerCase(Locale.ROOT), parameters);
    }

    /**
     * The first range that can be served, for objects.
     *
     * @param protobuf whether whole objects of the kind can be written in protobuf; their metadata always can
     * @throws Refusal 406 when none can
     */
    public Choice choose(boolean protobuf) {
        for (Range range : ranges) {
            Encoding encoding = encoding(range);
            Form form = encoding == null ? null : form(range);
            boolean can = encoding != Encoding.PROTOBUF
                    || form != null && form.isMetadata()
                    || form == Form.OBJECT && protobuf;
            if (encoding != null && form != null && can) {
                return new Choice(form, range.parameter("v"), encoding);
            }
        }
        List<String> offered = new ArrayList<>(List.of(Answers.JSON, Answers.YAML));
        if (protobuf) {
            offered.add(Protobuf.MEDIA_TYPE);
        }
        throw Refusal.notAcceptable(offered);
    }

    private static @Nullable Encoding encoding(Range range) {
        if (range.allows(Answers.JSON)) {
            return Encoding.JSON;
        }
        return switch (range.type()) {
            case Answers.YAML -> Encoding.YAML;
            case Protobuf.MEDIA_TYPE -> Encoding.PROTOBUF;
            default -> null;
        };
    }

    private static @Nullable Form form(Range range) {
        boolean meta = range.parameter("g").equals("meta.k8s.io")
                && (range.parameter("v").equals("v1") || range.parameter("v").equals("v1beta1"));
        return switch (range.parameter("as")) {
            case "" -> Form.OBJECT;
            case "Table" -> meta ? Form.TABLE : null;
            case "PartialObjectMetadata" -> meta ? Form.METADATA : null;
            case "PartialObjectMetadataList" -> meta ? Form.METADATA_LIST : null;
            default -> null;
        };
    }

    /** Whether plain JSON or the given other type is the first that is allowed; null when neither is. */
    public @Nullable Range first(List<String> types) {
        for (Range range : ranges) {
            if (types.stream().anyMatch(range::allows)) {
                return range;
            }
        }
        return null;
    }
}
