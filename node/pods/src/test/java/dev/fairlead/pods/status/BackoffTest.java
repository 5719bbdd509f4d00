// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void theFirstRestartIsAtOnceThenTheWaitDoubles() {
        assertThat(waits(Duration.ofSeconds(1), 9)).containsExactly(0L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    }

    @Test
    void aLongRunForgetsAll() {
        Backoff after = Backoff.none(Backoff.Limits.USUAL);
        for (int i = 0; i < 5; i++) {
            after = after.ended(Duration.ofSeconds(1));
        }

        assertThat(after.after(Duration.ofMinutes(10))).isZero();
        assertThat(after.ended(Duration.ofMinutes(10)).next()).isEqualTo(Duration.ofSeconds(10));
    }

    private static List<Long> waits(Duration ran, int count) {
        List<Long> waits = new ArrayList<>();
        Backoff backoff = Backoff.none(Backoff.Limits.USUAL);
        for (int i = 0; i < count; i++) {
            waits.add(backoff.after(ran).toSeconds());
            backoff = backoff.ended(ran);
        }
        return waits;
    }
}
