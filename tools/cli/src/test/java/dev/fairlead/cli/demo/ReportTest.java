// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is told about requests, and which failures are excused. */
final class ReportTest {
    private static final Map<String, Long> READY = Map.of("backend-hbkkb45knv-jswjv", at(300));
    private static final Map<String, Long> UNREADY = Map.of("backend-tx6vjfmfzk-gsvk4", at(250));

    @Test
    void aDayWithoutLoss() {
        List<Sample> samples = new ArrayList<>();
        samples.add(answered(Phase.STEADY, 0, 4, "gsvk4"));
        samples.add(answered(Phase.STEADY, 10, 12, "gsvk4"));
        samples.add(answered(Phase.UP, 240, 243, "gsvk4"));
        samples.add(new Sample(
                Phase.ROLLOUT, at(320), at(321), "frontend-gh4zm427mz-4xndj", "backend-hbkkb45knv-jswjv", null));
        assertThat(new Report(samples, READY, UNREADY, Optional.empty()).text()).isEqualTo("""
                        PHASE         REQUESTS  ERRORS     P50     P99     MAX
                        steady               2       0  2.0 ms  4.0 ms  4.0 ms
                        scale 3 to 5         1       0  3.0 ms  3.0 ms  3.0 ms
                        rollout              1       0  1.0 ms  1.0 ms  1.0 ms

                        REQUESTS PER POD           STEADY  3 TO 5  ROLLOUT
                        backend-hbkkb45knv-jswjv        0       0        1
                        backend-tx6vjfmfzk-gsvk4        2       1        0
                        frontend-gh4zm427mz-4xndj       2       1        1

                        pod ready   → its first request: median 21.0 ms, worst 21.0 ms (1 pod)
                        pod unready → its last request:  median -10.0 ms, worst -10.0 ms (1 pod)
                           (less than nothing: the last one came before the change was told)

                        4 requests, 4 answered; no other was lost\
                        """);
    }

    @Test
    void whatDiedWithAProcessIsToldApartFromWhatWasLost() {
        Death death = new Death(at(100), at(120));
        List<Sample> samples = List.of(
                answered(Phase.KILL, 90, 95, "gsvk4"),
                failed(95, 101), // asked before, lost at the kill
                failed(115, 118), // asked of a process that was dying
                failed(80, 99), // over before
                failed(121, 125)); // begun when nothing was left of it
        Report report = new Report(samples, Map.of(), Map.of(), Optional.of(death));
        assertThat(report.lost()).containsExactly(samples.get(3), samples.get(4));
        assertThat(report.text())
                .endsWith("5 requests, 1 answered; 2 were under way on the killed process and died with it;"
                        + " 2 were lost and must not be:\n  1× kill: Connection reset (over 1.0 ms before the kill)\n"
                        + "  1× kill: Connection reset (begun 1.0 ms after it was gone)");
        assertThat(new Report(samples, Map.of(), Map.of(), Optional.empty()).lost())
                .as("nobody was killed")
                .hasSize(4);
    }

    @Test
    void tablesFitATerminal() {
        List<Sample> samples = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            for (int i = 0; i < 10_000; i++) {
                samples.add(answered(phase, 0, 12_345, "gsvk4"));
            }
        }
        assertThat(new Report(samples, Map.of(), Map.of(), Optional.empty())
                        .text()
                        .lines())
                .allMatch(line -> line.length() < Screen.WIDTH);
    }

    @Test
    void aLineOfTheViewFitsATerminal() {
        List<Sample> recent = new ArrayList<>();
        for (String pod : List.of("7m4sr", "cphhs", "ftcqw", "gsvk4", "jc4cc")) {
            for (int i = 0; i < 200; i++) {
                recent.add(answered(Phase.UP, 0, 1, pod));
            }
        }
        assertThat(View.line(recent))
                .isEqualTo("   1000 req/s  0 errors  7m4sr 20%  cphhs 20%  ftcqw 20%  gsvk4 20%  jc4cc 20%")
                .hasSizeLessThan(Screen.WIDTH);
        recent.add(answered(Phase.UP, 0, 1, "zzzzz"));
        recent.add(failed(0, 1));
        assertThat(View.line(recent))
                .isEqualTo("   1002 req/s  1 error   7m4sr 20%  cphhs 20%  ftcqw 20%  gsvk4 20%  +2")
                .hasSizeLessThan(Screen.WIDTH);
        assertThat(View.line(List.of())).isEqualTo("      0 req/s  0 errors");
    }

    private static Sample answered(Phase phase, long began, long ended, String pod) {
        return new Sample(phase, at(began), at(ended), "frontend-gh4zm427mz-4xndj", "backend-tx6vjfmfzk-" + pod, null);
    }

    private static Sample failed(long began, long ended) {
        @Nullable String error = "Connection reset";
        return new Sample(Phase.KILL, at(began), at(ended), "", "", error);
    }

    private static long at(long millis) {
        return millis * 1_000_000;
    }
}
