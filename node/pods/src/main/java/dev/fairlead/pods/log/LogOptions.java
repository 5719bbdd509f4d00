// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a log is wanted, in the words of {@code PodLogOptions}.
 *
 * @param container empty for the pod's only one
 * @param follow whether to go on until the process ends
 * @param previous whether the process before the current one is meant
 * @param timestamps whether each line is to begin with its time
 * @param since only what was written then or later, or null
 * @param tailLines at most so many lines; negative for all
 * @param limitBytes at most so many bytes; negative for all
 */
public record LogOptions(
        String container,
        boolean follow,
        boolean previous,
        boolean timestamps,
        @Nullable Instant since,
        long tailLines,
        long limitBytes) {
    /** The whole log of the pod's only container. */
    public static final LogOptions ALL = new LogOptions("", false, false, false, null, -1, -1);

    /**
     * Reads a query string ({@code follow=true&tailLines=10}).
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    public static LogOptions of(@Nullable String query, Instant now) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            given.put(decode(name), equals < 0 ? "true" : decode(pair.substring(equals + 1)));
        }
        return new LogOptions(
                given.getOrDefault("container", ""),
                truth(given, "follow"),
                truth(given, "previous"),
                truth(given, "timestamps"),
                since(given, now),
                whole(given, "tailLines"),
                whole(given, "limitBytes"));
    }

    private static @Nullable Instant since(Map<String, String> given, Instant now) {
        String time = given.get("sinceTime");
        if (time != null) {
            try {
                return Instant.parse(time);
            } catch (DateTimeParseException notATime) {
                throw new IllegalArgumentException(
                        "sinceTime: \"" + time + "\" is no time; write it as 2026-01-31T12:00:00Z", notATime);
            }
        }
        long seconds = whole(given, "sinceSeconds");
        return seconds < 0 ? null : now.minus(Duration.ofSeconds(seconds));
    }

    private static boolean truth(Map<String, String> given, String name) {
        String value = given.getOrDefault(name, "false");
        return switch (value) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException(name + ": \"" + value + "\" is neither true nor false");
        };
    }

    private static long whole(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value == null) {
            return -1;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException(name + ": \"" + value + "\" is not a whole number of 0 or more");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
