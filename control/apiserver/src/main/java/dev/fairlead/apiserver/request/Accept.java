// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The media types a client takes, in its order. Quality values are not looked at, as in Kubernetes.
 *
 * @param ranges type and parameters each
 */
public record Accept(List<Range> ranges) {
    /** One media type with its parameters, names and type in lower case. */
    public record Range(String type, Map<String, String> parameters) {
        /** Whether {@code wanted} is one this range allows. */
        public boolean allows(String wanted) {
            int slash = wanted.indexOf('/');
            return type.equals(wanted) || type.equals("*/*") || type.equals(wanted.substring(0, slash) + "/*");
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
        /** Their metadata alone. */
        METADATA
    }

    /**
     * What was agreed on.
     *
     * @param version of the group meta.k8s.io, for tables and metadata
     * @param yaml whether it is to be written as YAML
     */
    public record Choice(Form form, String version, boolean yaml) {}

    /** Reads the header; absent or empty means anything. */
    public static Accept of(@Nullable String header) {
        List<Range> ranges = new ArrayList<>();
        for (String item : header == null ? new String[0] : header.split(",", -1)) {
            if (!item.isBlank()) {
                ranges.add(range(item));
            }
        }
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
     * @throws Refusal 406 when none can
     */
    public Choice choose() {
        for (Range range : ranges) {
            boolean json = range.allows("application/json");
            boolean yaml = range.type().equals("application/yaml");
            if (json || yaml) {
                Form form = form(range);
                if (form != null) {
                    return new Choice(form, range.parameter("v"), yaml);
                }
            }
        }
        throw Refusal.notAcceptable(List.of("application/json", "application/yaml"));
    }

    private static @Nullable Form form(Range range) {
        boolean meta = range.parameter("g").equals("meta.k8s.io")
                && (range.parameter("v").equals("v1") || range.parameter("v").equals("v1beta1"));
        return switch (range.parameter("as")) {
            case "" -> Form.OBJECT;
            case "Table" -> meta ? Form.TABLE : null;
            case "PartialObjectMetadata", "PartialObjectMetadataList" -> meta ? Form.METADATA : null;
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
