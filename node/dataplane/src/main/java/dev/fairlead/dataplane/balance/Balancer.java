// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import dev.fairlead.dataplane.relay.Upstream;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The backends of one frontend. They are replaced as a whole; a connection that has failed tries the ones after it, each
 * once, in the order they stand in.
 */
public final class Balancer implements Upstream {
    private final Choice choice;
    private final RandomGenerator random;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile State state = new State(List.of(), null);

    private record State(List<Target> targets, @Nullable Affinity affinity) {}

    /** A frontend without backends. */
    public Balancer(Choice choice, RandomGenerator random) {
        this.choice = choice;
        this.random = random;
    }

    /** From the next connection on these, with or without session affinity. */
    public void replace(List<Target> targets, @Nullable Affinity affinity) {
        state = new State(List.copyOf(targets), affinity);
    }

    @Override
    public @Nullable Target choose(InetAddress client, int attempt, @Nullable Target failed) {
        State now = state;
        int count = now.targets.size();
        if (attempt >= count) {
            return null;
        }
        Target chosen = failed == null ? first(now, client, count) : after(now, failed, count);
        if (now.affinity != null) {
            now.affinity.remember(client, chosen);
        }
        return towards(client, chosen);
    }

    private Target first(State now, InetAddress client, int count) {
        Target last = now.affinity == null ? null : now.affinity.last(client);
        int known = last == null ? -1 : index(now.targets, last);
        if (known >= 0) {
            return now.targets.get(known);
        }
        int index = choice == Choice.RANDOM ? random.nextInt(count) : Math.floorMod(turn.getAndIncrement(), count);
        return now.targets.get(index);
    }

    private static Target after(State now, Target failed, int count) {
        return now.targets.get((index(now.targets, failed) + 1) % count);
    }

    private static int index(List<Target> targets, Target wanted) {
        for (int i = 0; i < targets.size(); i++) {
            if (targets.get(i).address().equals(wanted.address())) {
                return i;
            }
        }
        return -1;
    }

    /** A backend that is its own client would get packets from its own address, and drop them: it sees the node's. */
    private static Target towards(InetAddress client, Target target) {
        boolean itself = target.address().getAddress().equals(client);
        return itself && target.keepSource() ? new Target(target.address(), false, target.traffic()) : target;
    }

    @Override
    public boolean has(Target target) {
        return index(state.targets, target) >= 0;
    }
}
