// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.dataplane.socket.Admission;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The backends of one frontend. They are replaced as a whole, also between two attempts of one connection; a connection
 * that has failed tries the ones after it, each once, in the order they stand in.
 */
public final class Balancer implements Upstream {
    private final Choice choice;
    private final RandomGenerator random;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Backends backends = Backends.NONE;

    /**
     * Who may be chosen.
     *
     * @param targets for clients of each origin
     * @param origin where a client stands
     * @param admission which clients may come in at all
     * @param affinity what clients had before; null without session affinity
     */
    public record Backends(
            Map<Origin, List<Target>> targets,
            Function<InetAddress, Origin> origin,
            Admission admission,
            @Nullable Affinity affinity) {
        /** Nobody. */
        public static final Backends NONE =
                new Backends(Map.of(), client -> Origin.ELSEWHERE, Admission.EVERYBODY, null);

        private List<Target> of(InetAddress client) {
            if (!admission.everybody() && !admission.admits(IpAddress.of(client.getAddress()))) {
                return List.of(); // only where sockets do not filter
            }
            return targets.getOrDefault(origin.apply(client), List.of());
        }
    }

    /** A frontend without backends; {@code random} must be safe for several threads. */
    public Balancer(Choice choice, RandomGenerator random) {
        this.choice = choice;
        this.random = random;
    }

    /** From the next connection on these. */
    public void replace(Backends changed) {
        backends = changed;
    }

    @Override
    public @Nullable Target choose(InetAddress client, List<Target> tried) {
        Backends now = backends;
        List<Target> targets = now.of(client);
        if (targets.isEmpty()) {
            return null;
        }
        Target chosen = tried.isEmpty() ? first(targets, now.affinity, client) : next(targets, tried);
        if (chosen == null) {
            return null;
        }
        if (now.affinity != null) {
            now.affinity.remember(client, chosen);
        }
        return towards(client, chosen);
    }

    private Target first(List<Target> targets, @Nullable Affinity affinity, InetAddress client) {
        Target last = affinity == null ? null : affinity.last(client);
        int known = last == null ? -1 : index(targets, last);
        if (known >= 0) {
            return targets.get(known);
        }
        int count = targets.size();
        int index = choice == Choice.RANDOM ? random.nextInt(count) : Math.floorMod(turn.getAndIncrement(), count);
        return targets.get(index);
    }

    /** The one after the last that was tried, or after that; null when all that there are now have been. */
    private static @Nullable Target next(List<Target> targets, List<Target> tried) {
        int last = index(targets, tried.getLast());
        for (int i = 1; i <= targets.size(); i++) {
            Target candidate = targets.get((last + i) % targets.size());
            if (index(tried, candidate) < 0) {
                return candidate;
            }
        }
        return null;
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
    public Admission admission() {
        return backends.admission;
    }

    @Override
    public boolean has(InetAddress client, Target target) {
        return backends.of(client).stream()
                .filter(now -> now.address().equals(target.address()))
                .anyMatch(now -> towards(client, now).keepSource() == target.keepSource());
    }
}
