// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectMetaTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-21T10:42:14Z",
                "1970-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "2024-02-29T12:00:00Z",
                "2023-02-29T12:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-10T00:00:00Z",
                "2026-06-31T00:00:00Z",
                "2026-06-30T24:00:00Z",
                "2026-06-30T25:00:00Z",
                "2026-06-30T23:59:60Z",
                "2026-06-30T12:60:00Z",
                "2026-06-30T12:00:00.123456Z",
                "2026-06-30T12:00:00+02:00",
                "2026-06-30 12:00:00Z",
                "2026-06-30T12:00:0xZ",
                "+999999-01-01T00:00Z",
                "today",
                ""
            })
    void a_time_is_read_as_the_library_reads_it(String text) {
        assertThat(ObjectMeta.instant(text)).isEqualTo(parsed(text));
    }

    @Test
    void any_second_is_read() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            Instant time = Instant.ofEpochSecond(random.nextLong(-30_000_000_000L, 200_000_000_000L));
            assertThat(ObjectMeta.instant(time.toString())).as("seed %d", seed).isEqualTo(time);
        }
    }

    private static @Nullable Instant parsed(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }
}
