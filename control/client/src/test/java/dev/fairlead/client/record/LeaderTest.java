// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LeaderTest {
    private static final ObjectName NAME = new ObjectName("kube-system", "controllers");

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final OneObject wire = new OneObject();
    private final Cuttable its = new Cuttable(wire);
    private final List<String> told = new CopyOnWriteArrayList<>();

    /** The way of one contender to the API, which can be cut on its own. */
    private static final class Cuttable implements Api {
        private final OneObject whole;
        private volatile boolean cutOff;

        Cuttable(OneObject whole) {
            this.whole = whole;
        }

        @Override
        public Reply call(Request request) throws IOException {
            if (cutOff) {
                throw new IOException("cut off");
            }
            return whole.call(request);
        }
    }

    private Leader leader(Api api, String holder) {
        return new Leader(new ApiClient(api, "test"), time, NAME, holder, () -> {
            told.add(holder + " begins");
            return () -> told.add(holder + " ends");
        });
    }

    /** Waits until all contenders rest, then lets the time pass that they rest. */
    private void pass(int contenders, int seconds) {
        for (int i = 0; i < seconds; i += 2) {
            rest(contenders);
            time.advance(Duration.ofSeconds(2));
        }
        rest(contenders);
    }

    private void rest(int contenders) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (time.waiting() < contenders) {
            assertThat(System.nanoTime()).as("all rest").isLessThan(end);
            LockSupport.parkNanos(200_000);
        }
    }

    @Test
    void one_works_and_another_begins_when_it_has_closed() {
        Leader one = leader(wire, "one");
        try (Leader other = leader(wire, "other")) {
            one.start();
            rest(1);
            other.start();
            pass(2, 60);
            assertThat(told).containsExactly("one begins");
            assertThat(one.leading()).isTrue();
            assertThat(other.leading()).isFalse();
            one.close();
            pass(1, 2);
            assertThat(told).containsExactly("one begins", "one ends", "other begins");
            assertThat(other.leading()).isTrue();
        }
        assertThat(told).endsWith("other ends");
    }

    @Test
    void one_that_is_cut_off_ends_before_another_begins() {
        try (Leader one = leader(its, "one");
                Leader other = leader(wire, "other")) {
            one.start();
            rest(1);
            other.start();
            pass(2, 4);
            its.cutOff = true;
            pass(2, 8);
            assertThat(told).as("a short fault is no reason").containsExactly("one begins");
            pass(2, 4);
            assertThat(told).containsExactly("one begins", "one ends");
            pass(2, 6);
            assertThat(told).containsExactly("one begins", "one ends", "other begins");
            its.cutOff = false;
            pass(2, 20);
            assertThat(told).hasSize(3);
        }
    }

    @Test
    void one_that_never_led_closes_quietly() {
        its.cutOff = true;
        try (Leader one = leader(its, "one")) {
            one.start();
            pass(1, 30);
        }
        assertThat(told).isEmpty();
    }
}
