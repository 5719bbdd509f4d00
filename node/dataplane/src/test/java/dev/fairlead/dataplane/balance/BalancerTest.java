// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dataplane.relay.Traffic;
import dev.fairlead.dataplane.relay.Upstream.Target;
import dev.fairlead.dataplane.socket.Admission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who is chosen, and who next when that one could not be reached. */
class BalancerTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("10.0.0.9");

    private final Target a = target(1);
    private final Target b = target(2);
    private final Target c = target(3);
    private final Balancer balancer = new Balancer(Choice.RANDOM, new Random(1));

    @Test
    void eachIsTriedOnce() {
        with(a, b, c);
        for (int round = 0; round < 50; round++) {
            List<Target> tried = new ArrayList<>();
            for (Target next = balancer.choose(CLIENT, tried); next != null; next = balancer.choose(CLIENT, tried)) {
                tried.add(next);
            }
            assertThat(tried).containsExactlyInAnyOrder(a, b, c);
        }
    }

    @Test
    void nobodyIsChosenWhereNobodyIs() {
        assertThat(balancer.choose(CLIENT, List.of())).isNull();
        assertThat(balancer.choose(CLIENT, List.of(a))).isNull();
    }

    /** An endpoint refused because it was gone, and was taken away before the next was chosen: one is left, and untried. */
    @Test
    void whoIsLeftIsTriedWhenTheListBecameShorterMeanwhile() {
        with(b);
        assertThat(balancer.choose(CLIENT, List.of(a))).isEqualTo(b);
        assertThat(balancer.choose(CLIENT, List.of(a, b))).isNull();
        with(b, c);
        assertThat(balancer.choose(CLIENT, List.of(a, b))).isEqualTo(c);
        assertThat(balancer.choose(CLIENT, List.of(c, a))).isEqualTo(b);
    }

    /** As when the policy changes: a client that comes back by the same port shall not be seen as before. */
    @Test
    void whoShallSeeAnotherSourceIsAnother() {
        Target seesClient = new Target(a.address(), true, a.traffic());
        with(a);
        assertThat(balancer.has(CLIENT, a)).isTrue();
        assertThat(balancer.has(CLIENT, b)).isFalse();
        assertThat(balancer.has(CLIENT, seesClient)).isFalse();
        with(seesClient);
        assertThat(balancer.has(CLIENT, a)).isFalse();
        assertThat(balancer.has(CLIENT, seesClient)).isTrue();
        InetAddress itself = a.address().getAddress();
        assertThat(balancer.has(itself, a)).as("a pod that meets itself").isTrue();
    }

    private void with(Target... targets) {
        balancer.replace(new Balancer.Backends(client -> new These(List.of(targets)), Admission.EVERYBODY, null));
    }

    private record These(List<Target> targets) implements Candidates {
        @Override
        public int size() {
            return targets.size();
        }

        @Override
        public InetSocketAddress address(int index) {
            return targets.get(index).address();
        }

        @Override
        public boolean keepsSource(int index) {
            return targets.get(index).keepSource();
        }

        @Override
        public Traffic traffic(int index) {
            return targets.get(index).traffic();
        }

        @Override
        public int index(InetSocketAddress address) {
            return targets.stream().map(Target::address).toList().indexOf(address);
        }
    }

    private static Target target(int last) {
        return new Target(new InetSocketAddress("10.1.0." + last, 80), false, new Traffic());
    }
}
