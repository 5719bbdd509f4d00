// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.pods.definition.ProbeSpec;

/**
 * Answers of a probe counted against its thresholds.
 *
 * @param verdict what counts for now
 * @param last what the last answer said
 * @param run how many answers in a row said so
 */
public record Tally(Verdict verdict, boolean last, int run) {
    /** What a probe is taken to have said. */
    public enum Verdict {
        /** Nothing yet. */
        UNKNOWN,
        /** Yes, often enough. */
        GOOD,
        /** No, often enough. */
        BAD
    }

    /** Before the first answer: a process counts as alive, as not ready, and as neither started nor failed to. */
    public static Tally starting(Prober.Kind kind) {
        Verdict verdict = switch (kind) {
            case STARTUP -> Verdict.UNKNOWN;
            case LIVENESS -> Verdict.GOOD;
            case READINESS -> Verdict.BAD;
        };
        return new Tally(verdict, false, 0);
    }

    /** For a process that counted as good when it was last asked. */
    public static Tally good() {
        return new Tally(Verdict.GOOD, true, 1);
    }

    /** After one more answer. */
    public Tally with(boolean success, ProbeSpec spec) {
        int now = success == last ? run + 1 : 1;
        int threshold = success ? spec.successes() : spec.failures();
        return new Tally(now < threshold ? verdict : success ? Verdict.GOOD : Verdict.BAD, success, now);
    }
}
