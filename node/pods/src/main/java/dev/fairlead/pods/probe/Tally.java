// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.pods.definition.ProbeSpec;

/**
 * Answers of a probe counted against its thresholds.
 *
 * @param good what counts for now
 * @param run how many answers in a row said the opposite
 */
public record Tally(boolean good, int run) {
    /** Before the first answer; liveness begins good, readiness and startup do not. */
    public static Tally starting(boolean good) {
        return new Tally(good, 0);
    }

    /** After one more answer. */
    public Tally with(boolean success, ProbeSpec spec) {
        if (success == good) {
            return run == 0 ? this : new Tally(good, 0);
        }
        int threshold = success ? spec.successes() : spec.failures();
        return run + 1 >= threshold ? new Tally(success, 0) : new Tally(good, run + 1);
    }
}
