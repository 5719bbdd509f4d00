// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Points in time as Kubernetes writes them: RFC 3339, UTC, to the second (Time) or the microsecond (MicroTime). */
public final class Timestamps {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Timestamps() {}

    /** {@code 2026-01-02T03:04:05Z}; what is left of the second is cut off. */
    public static String seconds(Instant time) {
        return SECONDS.format(time);
    }

    /** {@code 2026-01-02T03:04:05.123456Z}; what is left of the microsecond is cut off. */
    public static String micros(Instant time) {
        return MICROS.format(time);
    }

    /** The time that {@code text} stands for, in any offset and precision; null when it is no time. */
    public static @Nullable Instant parse(@Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException broken) {
            return null;
        }
    }
}
