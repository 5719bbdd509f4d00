// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dataplane.relay.Upstream;
import dev.fairlead.dataplane.socket.Admission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
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
     * @param candidates for a client
     * @param admission which clients may come in at all
     * @param affinity what clients had before; null without session affinity
     */
    public record Backends(
            Function<InetAddress, Candidates> candidates,
            Admission admission,
            @Nullable Affinity affinity) {
        /** Nobody. */
        public static final Backends NONE = new Backends(client -> Candidates.NONE, Admission.EVERYBODY, null);

        private Candidates of(InetAddress client) {
            if (!admission.everybody() && !admission.admits(IpAddress.of(client.getAddress()))) {
                return Candidates.NONE; // only where sockets do not filter
            }
            return candidates.apply(client);
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
        Candidates candidates = now.of(client);
        if (candidates.size() == 0) {
            return null;
        }
        int chosen = tried.isEmpty() ? first(candidates, now.affinity, client) : next(candidates, tried);
        if (chosen < 0) {
            return null;
        }
        InetSocketAddress address = candidates.address(chosen);
        boolean keepSource = keepSource(client, address, candidates.keepsSource(chosen));
        Target target = new Target(address, keepSource, candidates.traffic(chosen));
        if (now.affinity != null) {
            now.affinity.remember(client, address);
        }
        return target;
    }

    private int first(Candidates candidates, @Nullable Affinity affinity, InetAddress client) {
        InetSocketAddress last = affinity == null ? null : affinity.last(client);
        int known = last == null ? -1 : candidates.index(last);
        if (known >= 0) {
            return known;
        }
        int count = candidates.size();
        return choice == Choice.RANDOM ? random.nextInt(count) : Math.floorMod(turn.getAndIncrement(), count);
    }

    /** The one after the last that was tried, or after that; -1 when all that there are now have been. */
    private static int next(Candidates candidates, List<Target> tried) {
        int last = candidates.index(tried.getLast().address());
        for (int i = 1; i <= candidates.size(); i++) {
            int candidate = (last + i) % candidates.size();
            InetSocketAddress address = candidates.address(candidate);
            if (tried.stream().noneMatch(before -> before.address().equals(address))) {
                return candidate;
            }
        }
        return -1;
    }

    /** A backend that is its own client would get packets from its own address, and drop them: it sees the node's. */
    private static boolean keepSource(InetAddress client, InetSocketAddress address, boolean wanted) {
        return wanted && !address.getAddress().equals(client);
    }

    @Override
    public Admission admission() {
        return backends.admission;
    }

    @Override
    public boolean has(InetAddress client, Target target) {
        Candidates candidates = backends.of(client);
        int index = candidates.index(target.address());
        return index >= 0 && keepSource(client, target.address(), candidates.keepsSource(index)) == target.keepSource();
    }
}
