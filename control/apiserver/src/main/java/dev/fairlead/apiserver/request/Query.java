// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters after a path.
 *
 * @param values each parameter's values in order
 */
public record Query(Map<String, List<String>> values) {
    /** Reads the query of a request's target. */
    public static Query of(String target) {
        int mark = target.indexOf('?');
        if (mark < 0) {
            return new Query(Map.of());
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : target.substring(mark + 1).split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            throw Refusal.badRequest("the query has a broken percent-encoding: " + text);
        }
    }

    /** The first value of {@code name}; empty when it is absent. */
    public String text(String name) {
        List<String> all = values.get(name);
        return all == null ? "" : all.getFirst();
    }

    /** Every value of {@code name}. */
    public List<String> texts(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** Whether {@code name} was given a value. */
    public boolean has(String name) {
        return !text(name).isEmpty();
    }

    /** Whether {@code name} is there, with a value or without. */
    public boolean given(String name) {
        return values.containsKey(name);
    }

    /** Whether {@code name} is true: whatever is there is, without a value too, but {@code false} in any case and {@code 0}. */
    public boolean truth(String name) {
        String text = text(name);
        return given(name) && !text.equalsIgnoreCase("false") && !text.equals("0");
    }

    /**
     * The whole number under {@code name}, or null when it is not there.
     *
     * @throws Refusal 400 when it is no number
     */
    public @Nullable Long whole(String name) {
        if (!given(name)) {
            return null;
        }
        String text = text(name);
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notANumber) {
            throw Refusal.badRequest("the query parameter " + name + " must be a whole number, not \"" + text + "\"");
        }
    }
}
