// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.FieldPath;
import java.util.regex.Pattern;

/**
 * Matches the texts of one object with the patterns of its schema, within a budget of characters looked at. Schemas are
 * written for RE2, whose time is linear; Java's matcher goes back and forth, and some patterns would hold it for ever.
 */
final class Matching {
    /** Some tenths of a second; a text of the greatest size an object may have needs less with a plain pattern. */
    private static final long CHARACTERS = 20_000_000;

    private long left = CHARACTERS;

    /** The budget is used up, or the text is too long for the stack. What was to be found out stays unknown. */
    static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Invalid error;

        private GivenUp(Invalid error) {
            super(error.toString(), null, false, false);
            this.error = error;
        }

        /** What to tell of it. */
        Invalid error() {
            return error;
        }
    }

    /**
     * Whether the schema's pattern, if it has one, occurs in {@code text}.
     *
     * @param path where the text lies
     * @throws GivenUp when that takes too long to find out
     */
    boolean occurs(JsonSchema schema, String text, FieldPath path) {
        Pattern pattern = schema.pattern();
        try {
            return pattern == null
                    || pattern.matcher(new Counted(text, 0, text.length())).find();
        } catch (TooMany | StackOverflowError tooMuch) { // Java's matcher recurses for repeated groups
            String written = schema.rules().text("pattern", "");
            String detail = Scalars.inBody(path) + " takes too long to be matched with '" + written + "'";
            throw new GivenUp(Invalid.invalid(path.toString(), text, detail));
        }
    }

    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super("too many characters looked at", null, false, false);
        }
    }

    private final class Counted implements CharSequence {
        private final String text;
        private final int from;
        private final int to;

        Counted(String text, int from, int to) {
            this.text = text;
            this.from = from;
            this.to = to;
        }

        @Override
        public int length() {
            return to - from;
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new TooMany();
            }
            return text.charAt(from + index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text, from + start, from + end);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }
}
