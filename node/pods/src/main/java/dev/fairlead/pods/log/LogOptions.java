// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.log;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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
     * Reads a request's parameters ({@code follow}, {@code tailLines} …).
     *
     * @param container the container asked for, or empty
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    public static LogOptions of(String container, Map<String, String> given, Instant now) {
        return new LogOptions(
                container,
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
}
