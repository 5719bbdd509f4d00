// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times as objects carry them. */
final class Times {
    private Times() {}

    /** An RFC 3339 time; null when absent or not readable. */
    static @Nullable Instant read(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            return null;
        }
    }
}
