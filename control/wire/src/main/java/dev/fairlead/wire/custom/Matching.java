// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.FieldPath;

/**
 * Matches the texts of one object with the patterns of its schema, within a budget of steps. A step is the same on every
 * machine, so the same objects are refused everywhere.
 */
final class Matching {
    /** Some seconds; a text of the greatest size an object may have, with a pattern of some hundred parts. */
    private static final long STEPS = 1_000_000_000;

    private long left = STEPS;

    /** The budget is used up. What was to be found out stays unknown. */
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
        GoPattern pattern = schema.pattern();
        if (pattern == null) {
            return true;
        }
        left -= pattern.steps(text);
        if (left < 0) {
            String written = schema.rules().text("pattern", "");
            String detail = Scalars.inBody(path) + " takes too long to be matched with '" + written + "'";
            throw new GivenUp(Invalid.invalid(path.toString(), text, detail));
        }
        return pattern.occursIn(text);
    }
}
