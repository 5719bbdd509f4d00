// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Durations as people say them: two figures at most, coarser the longer it is. */
public final class Age {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long YEAR = 365 * DAY;

    private Age() {}

    /** How long ago {@code timestamp} (RFC 3339) was; {@code <unknown>} when there is none. */
    public static String since(@Nullable String timestamp, Instant now) {
        if (timestamp == null) {
            return "<unknown>";
        }
        try {
            return words(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeParseException notATime) {
            return "<unknown>";
        }
    }

    /** How old an object is. */
    public static String of(Tree object, Instant now) {
        return since(object.tree("metadata").text("creationTimestamp"), now);
    }

    /** {@code 5s}, {@code 2m10s}, {@code 17m}, {@code 3h20m}, {@code 2d4h}, {@code 9d}, {@code 2y34d}, {@code 9y}. */
    public static String words(Duration duration) {
        long seconds = Math.floorDiv(duration.toMillis(), 1000L);
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 0) {
            return "0s";
        }
        if (seconds < 2 * MINUTE) {
            return seconds + "s";
        }
        if (seconds < 10 * MINUTE) {
            return two(seconds, MINUTE, "m", 1, "s");
        }
        if (seconds < 3 * HOUR) {
            return seconds / MINUTE + "m";
        }
        if (seconds < 8 * HOUR) {
            return two(seconds, HOUR, "h", MINUTE, "m");
        }
        if (seconds < 2 * DAY) {
            return seconds / HOUR + "h";
        }
        if (seconds < 8 * DAY) {
            return two(seconds, DAY, "d", HOUR, "h");
        }
        if (seconds < 2 * YEAR) {
            return seconds / DAY + "d";
        }
        if (seconds < 8 * YEAR) {
            return two(seconds, YEAR, "y", DAY, "d");
        }
        return seconds / YEAR + "y";
    }

    private static String two(long seconds, long unit, String name, long part, String partName) {
        long rest = seconds % unit / part;
        return rest == 0 ? seconds / unit + name : seconds / unit + name + rest + partName;
    }
}
