// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression as schemas write them: Go's, which are RE2's. It is matched by RE2's method, in a time that grows with
 * the text times the expression, whatever they are; what an expression unfolds to is measured before.
 */
final class GoPattern {
    private final Pattern pattern;

    private GoPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * The pattern that {@code text} is.
     *
     * @throws PatternSyntaxException when it is none, or unfolds to too much
     */
    static GoPattern compile(String text) {
        Unfolded.check(text);
        return new GoPattern(Pattern.compile(text));
    }

    /** Whether it occurs in {@code text}. */
    boolean occursIn(String text) {
        return pattern.matcher(text).find();
    }

    /** The most steps that takes to find out. */
    long steps(String text) {
        return (text.length() + 1L) * pattern.programSize();
    }
}
