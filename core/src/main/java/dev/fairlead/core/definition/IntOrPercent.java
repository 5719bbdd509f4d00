// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import org.jspecify.annotations.Nullable;

/**
 * A count, or a share of another count.
 *
 * @param amount the count, or hundredths; never negative
 * @param percent whether {@code amount} is hundredths
 */
public record IntOrPercent(int amount, boolean percent) {
    /** Reads a validated int-or-string; {@code fallback} when absent or unreadable. */
    static IntOrPercent read(@Nullable Object value, IntOrPercent fallback) {
        if (value instanceof Number number) {
            return new IntOrPercent(number.intValue(), false);
        }
        if (value instanceof String text && text.matches("[0-9]{1,9}%")) {
            return new IntOrPercent(Integer.parseInt(text.substring(0, text.length() - 1)), true);
        }
        return fallback;
    }

    /** How many of {@code total} it is, a fraction rounded up. */
    public int ofRoundedUp(int total) {
        return percent ? (int) Math.min(((long) amount * total + 99) / 100, Integer.MAX_VALUE) : amount;
    }

    /** How many of {@code total} it is, a fraction rounded down. */
    public int ofRoundedDown(int total) {
        return percent ? (int) Math.min((long) amount * total / 100, Integer.MAX_VALUE) : amount;
    }

    @Override
    public String toString() {
        return percent ? amount + "%" : Integer.toString(amount);
    }
}
