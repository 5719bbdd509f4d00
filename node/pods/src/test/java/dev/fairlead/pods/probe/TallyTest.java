// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ProbeSpec;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {
    /** Answers y and n; what counts after each: g good, b bad, - unknown. */
    @ParameterizedTest
    @CsvSource({
        "READINESS, 1, 3, nnyy,     bbgg",
        "READINESS, 1, 3, ynnyn,    ggggg",
        "READINESS, 1, 3, ynnny,    gggbg",
        "READINESS, 2, 1, ynyyny,   bbbgbb",
        "LIVENESS,  1, 3, nnynnny,  gggggbg",
        "LIVENESS,  1, 1, yn,       gb",
        "STARTUP,   1, 3, nnn,      --b",
        "STARTUP,   1, 3, nnyn,     --gg",
    })
    void counts(Prober.Kind kind, int successes, int failures, String answers, String expected) {
        ProbeSpec spec = new ProbeSpec(
                new Action.Sleep(Duration.ZERO),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                successes,
                failures,
                null);
        StringBuilder verdicts = new StringBuilder();
        Tally tally = Tally.starting(kind);
        for (int i = 0; i < answers.length(); i++) {
            tally = tally.with(answers.charAt(i) == 'y', spec);
            verdicts.append(
                    switch (tally.verdict()) {
                        case GOOD -> 'g';
                        case BAD -> 'b';
                        case UNKNOWN -> '-';
                    });
        }

        assertThat(verdicts).hasToString(expected);
    }
}
