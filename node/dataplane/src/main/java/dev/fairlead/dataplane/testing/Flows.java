// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.testing;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Verdict;
import dev.fairlead.kernel.testing.Answer;
import dev.fairlead.kernel.testing.Attempt;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Sends packets that a node of the lab carries, and compares what becomes of them with what the node's table says. Who is
 * forwarded is sent as often as it takes until every backend has answered.
 *
 * @param node whose data plane it is
 * @param hosts who has an address
 * @param atSockets whether the plane works where processes connect: a pod that meets itself does so without leaving
 */
public record Flows(Host node, Function<IpAddress, Host> hosts, boolean atSockets) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST = 60; // questions until every backend has answered

    /**
     * What a packet met.
     *
     * @param servers who answered
     * @param last what became of the last one sent
     * @param amiss how that is not what the table says; empty if it is
     */
    public record Met(Verdict verdict, Set<String> servers, Attempt last, Optional<String> amiss) {}

    /** Sends a TCP or UDP packet. */
    public Met send(RouteTable table, Packet packet) throws IOException {
        Verdict verdict = table.trace(packet);
        return switch (verdict) {
            case Verdict.Forward forward -> reachAll(forward, packet);
            case Verdict.Reject any -> once(any, packet, PATIENCE, Attempt.Refused.class::isInstance, "refused");
            case Verdict.Drop any -> once(any, packet, Attempt.SILENCE, Attempt.Silence.class::isInstance, "silence");
            // ordinary routing decides: the node refuses what is its own, and nobody answers for the rest
            case Verdict.NotAService any ->
                once(any, packet, Attempt.SILENCE, seen -> !(seen instanceof Attempt.Answered), "refused or silence");
        };
    }

    private Met once(Verdict verdict, Packet packet, Duration patience, Predicate<Attempt> expected, String word)
            throws IOException {
        Attempt seen = attempt(packet, patience);
        Set<String> servers = seen instanceof Attempt.Answered answered
                ? Set.of(answered.answer().server())
                : Set.of();
        return new Met(
                verdict,
                servers,
                seen,
                expected.test(seen) ? Optional.empty() : Optional.of(seen + " instead of " + word));
    }

    private Met reachAll(Verdict.Forward forward, Packet packet) throws IOException {
        Set<String> wanted = new TreeSet<>();
        for (Backend backend : forward.backends()) {
            wanted.add(hosts.apply(backend.address()).name());
        }
        Set<String> reached = new TreeSet<>();
        boolean held = forward.affinitySeconds() > 0;
        for (int i = 0; ; i++) {
            Attempt seen = attempt(packet, PATIENCE);
            if (!(seen instanceof Attempt.Answered(Answer answer))) {
                return new Met(forward, reached, seen, Optional.of(seen + " instead of an answer of " + wanted));
            }
            reached.add(answer.server());
            Optional<String> stranger = stranger(forward, packet, answer);
            if (stranger.isPresent() || held || reached.equals(wanted) || i == MOST) {
                return new Met(forward, reached, seen, stranger.or(() -> beyond(wanted, reached, held)));
            }
        }
    }

    private static Optional<String> beyond(Set<String> wanted, Set<String> reached, boolean held) {
        return held && wanted.containsAll(reached) || reached.equals(wanted)
                ? Optional.empty()
                : Optional.of("answered by " + reached + " instead of " + wanted);
    }

    /** Whom the server takes the client for, if that is wrong. */
    private Optional<String> stranger(Verdict.Forward forward, Packet packet, Answer answer) {
        IpAddress seen = ip(answer.client().getAddress().getAddress());
        IpAddress client = packet.from().ip();
        boolean itself = from(packet).name().equals(answer.server());
        boolean ofNode = packet.from() instanceof Packet.From.Node;
        Set<IpAddress> right = new HashSet<>();
        if (forward.masqueraded() || itself || ofNode) {
            right.addAll(List.of(ip(node.v4().getAddress()), ip(node.v6().getAddress())));
            if (ofNode || itself && atSockets) {
                right.add(client);
            }
        } else {
            right.add(client);
        }
        return right.contains(seen)
                ? Optional.empty()
                : Optional.of(answer.server() + " sees the client as " + seen + " instead of " + right);
    }

    /** Sends it once. */
    public Attempt attempt(Packet packet, Duration patience) throws IOException {
        Attempt.Transport transport = packet.protocol() == Protocol.TCP ? Attempt.Transport.TCP : Attempt.Transport.UDP;
        return Attempt.of(from(packet), transport, Inet.socketAddress(packet.destination(), packet.port()), patience);
    }

    /** The node may come from any address it has. */
    private Host from(Packet packet) {
        return packet.from() instanceof Packet.From.Node
                ? node
                : hosts.apply(packet.from().ip());
    }

    private static IpAddress ip(byte[] address) {
        return IpAddress.of(address);
    }
}
