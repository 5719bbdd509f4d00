// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a heap that has grown is collected. */
class TidyingTest {
    private static final long MEBIBYTE = 1 << 20;

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private final Played machine = new Played();

    private static final class Played implements Tidying.Machine {
        private Duration used = Duration.ZERO;
        private long heap = 100 * MEBIBYTE;
        private int collected;

        @Override
        public Duration used() {
            return used;
        }

        @Override
        public long heapBytes() {
            return heap;
        }

        @Override
        public void collect() {
            collected++;
            heap = 120 * MEBIBYTE;
        }
    }

    @Test
    void onceAfterItHasGrownAndRests() {
        Tidying tidying = new Tidying(machine, time);
        rest();
        assertThat(machine.collected).as("nothing has grown").isZero();
        machine.heap = 200 * MEBIBYTE;
        for (int i = 0; i < 10; i++) {
            machine.used = machine.used.plusSeconds(1);
            time.advance(Duration.ofSeconds(3));
        }
        assertThat(machine.collected).as("it works").isZero();
        rest();
        assertThat(machine.collected).isOne();
        rest();
        machine.heap = 130 * MEBIBYTE;
        rest();
        assertThat(machine.collected).as("grown by less than an eighth").isOne();
        machine.heap = 140 * MEBIBYTE;
        rest();
        assertThat(machine.collected).isEqualTo(2);
        machine.heap = 300 * MEBIBYTE;
        tidying.close();
        rest();
        assertThat(machine.collected).as("closed").isEqualTo(2);
    }

    private void rest() {
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(3));
        }
    }
}
