// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final ObjectName NAME = new ObjectName("kube-system", "controllers");

    private final FakeTime time = new FakeTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final ApiClient client = new ApiClient(new OneObject(), "test");

    private Lease lease(String holder) {
        return new Lease(client, time, NAME, holder, Duration.ofSeconds(15));
    }

    @Test
    void one_holds_it_and_another_takes_it_only_once_it_has_run_out() throws Exception {
        Lease a = lease("a");
        Lease b = lease("b");
        assertThat(a.hold()).isTrue();
        assertThat(b.hold()).isFalse();
        time.advance(Duration.ofSeconds(10));
        assertThat(a.hold(Map.of("x", "1"))).isTrue();
        time.advance(Duration.ofSeconds(10));
        assertThat(b.hold()).as("it was renewed meanwhile").isFalse();
        time.advance(Duration.ofSeconds(15));
        assertThat(b.hold()).as("exactly as long is not yet over").isFalse();
        time.advance(Duration.ofSeconds(1));
        assertThat(b.hold()).isTrue();
        assertThat(a.hold()).isFalse();

        Tree object = client.get(Resources.LEASES, NAME);
        assertThat(Lease.State.from(object).holder()).isEqualTo("b");
        assertThat(object.tree("spec").whole("leaseTransitions", 0)).isEqualTo(1);
        assertThat(object.tree("spec").text("renewTime")).isEqualTo("2026-01-01T00:00:36.000000Z");
        assertThat(Lease.State.from(object).annotations()).containsEntry("x", "1");
    }

    @Test
    void a_released_lease_is_taken_at_once() throws Exception {
        Lease a = lease("a");
        assertThat(a.hold()).isTrue();
        a.release();
        assertThat(lease("b").hold()).isTrue();
    }
}
