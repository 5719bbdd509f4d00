// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gives one text for equal ones, of those that came lately: what is kept of thousands of objects repeats the names of nodes and
 * namespaces, labels and their values. A text that is not found takes the place of another; so it is small, and may forget. Any
 * number of threads.
 */
final class Texts implements UnaryOperator<String> {
    private static final int KEPT = 1 << 13;
    /** Longer ones do not repeat. */
    private static final int LONGEST = 64;

    private final AtomicReferenceArray<@Nullable String> kept = new AtomicReferenceArray<>(KEPT);

    @Override
    public String apply(String text) {
        if (text.length() > LONGEST) {
            return text;
        }
        int hash = text.hashCode() * 0x9E3779B9;
        int slot = hash >>> 32 - Integer.numberOfTrailingZeros(KEPT);
        String before = kept.getPlain(slot);
        if (text.equals(before)) {
            return before;
        }
        kept.setPlain(slot, text);
        return text;
    }
}
