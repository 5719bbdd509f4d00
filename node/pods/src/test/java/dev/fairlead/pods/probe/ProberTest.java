// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ProbeSpec;
import dev.fairlead.pods.probe.Prober.Kind;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When questions are asked, in time that is stepped by hand: each line is one answer with the moment it came. */
@Timeout(90)
class ProberTest {
    private final Instant start = Instant.parse("2026-01-02T12:00:00Z");
    private final FakeTime time = new FakeTime(start);
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private volatile boolean well;

    @Test
    void readinessIsAskedMoreOftenUntilItIsGoodForTheFirstTime() throws Exception {
        try (Prober prober = prober(Kind.READINESS, Duration.ZERO)) {
            prober.start(Duration.ZERO);

            assertThat(run(7))
                    .containsExactly(
                            "0 BAD expected",
                            "20 BAD expected",
                            "60 BAD expected",
                            "140 BAD expected",
                            "300 BAD expected",
                            "620 BAD expected",
                            "1260 BAD expected");
            well = true;
            assertThat(run(2)).containsExactly("2540 GOOD changed", "5000 GOOD");
            well = false;
            assertThat(run(3)).containsExactly("10000 GOOD", "15000 BAD changed", "20000 BAD");
        }
    }

    @Test
    void livenessKeepsToItsPeriod() throws Exception {
        well = true;
        try (Prober prober = prober(Kind.LIVENESS, Duration.ofSeconds(3))) {
            prober.start(Duration.ofSeconds(1));

            assertThat(run(2)).containsExactly("2000 GOOD", "7000 GOOD");
            well = false;
            assertThat(run(2)).containsExactly("12000 GOOD", "17000 BAD changed");
        }
    }

    @Test
    void extraFailuresDoNotCountAgainstStartup() throws Exception {
        try (Prober prober = prober(Kind.STARTUP, Duration.ZERO)) {
            prober.start(Duration.ZERO);

            List<String> all = run(9);
            assertThat(all.subList(1, 8)).allMatch(answer -> answer.endsWith("UNKNOWN expected"));
            assertThat(all.getLast()).isEqualTo("5000 BAD changed");
        }
    }

    private Prober prober(Kind kind, Duration initialDelay) {
        ProbeSpec spec = new ProbeSpec(
                new Action.Sleep(Duration.ZERO),
                initialDelay,
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                1,
                2,
                null);
        return new Prober(
                kind,
                spec,
                Tally.starting(kind),
                (action, timeout) -> new ActionResult(well, ""),
                time,
                (about, verdict, changed, expected, result) ->
                        answers.add(Duration.between(start, time.now()).toMillis() + " " + verdict
                                + (changed ? " changed" : "") + (expected ? " expected" : "")));
    }

    /** Moves time on until so many answers have come; by single milliseconds, so that it stands still while one is given. */
    private List<String> run(int count) throws InterruptedException {
        List<String> come = new ArrayList<>();
        time.advance(Duration.ZERO);
        while (come.size() < count) {
            if (time.waiting() > 0) {
                time.advance(Duration.ofMillis(1));
            }
            while (time.waiting() == 0 || !answers.isEmpty()) {
                String answer = answers.poll(1, TimeUnit.MILLISECONDS);
                if (answer != null) {
                    come.add(answer);
                }
            }
        }
        return come;
    }
}
