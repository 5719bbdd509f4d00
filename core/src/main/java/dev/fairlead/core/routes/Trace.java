// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Because.Word;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks one packet through a table. */
final class Trace {
    private final RouteTable table;
    private final Packet packet;
    private final List<Because> because = new ArrayList<>();

    private Trace(RouteTable table, Packet packet) {
        this.table = table;
        this.packet = packet;
    }

    static Verdict of(RouteTable table, Packet packet) {
        Trace trace = new Trace(table, packet);
        Entrance entrance = trace.find();
        return entrance == null ? trace.nowhere() : trace.through(entrance);
    }

    private @Nullable Entrance find() {
        IpAddress to = packet.destination();
        Entrance virtual = table.entrance(Frontend.at(to, packet.protocol(), packet.port()));
        if (virtual != null || !table.nodePortAddresses().contains(to)) {
            return virtual;
        }
        return table.entrance(Frontend.nodePort(to.family(), packet.protocol(), packet.port()));
    }

    private Verdict nowhere() {
        IpAddress to = packet.destination();
        if (table.isClusterIp(to)) {
            say(Word.UNKNOWN_PORT, to + " is a clusterIP without port " + packet.port() + "/" + packet.protocol());
            return new Verdict.Reject(reasons());
        }
        if (table.settings().serviceCidrs().stream().anyMatch(range -> range.contains(to))) {
            say(Word.UNUSED_SERVICE_ADDRESS, "no Service has the address " + to);
            return new Verdict.Drop(reasons());
        }
        say(Word.NO_SERVICE, "no Service is reached at " + to + " port " + packet.port() + "/" + packet.protocol());
        return new Verdict.NotAService(reasons());
    }

    private Verdict through(Entrance entrance) {
        Route route = entrance.route();
        say(Word.ENTRANCE, entrance.frontend() + " is the " + entrance.kind().text() + " of " + route.key());
        if (!admitted(entrance)) {
            say(Word.SOURCE_NOT_ALLOWED, packet.from().ip() + " is in none of " + entrance.sourceRanges());
            return new Verdict.Drop(reasons());
        }
        boolean shortCircuit = entrance.external() && entrance.policy() == TrafficPolicy.LOCAL && fromHere();
        TrafficPolicy policy = shortCircuit ? TrafficPolicy.CLUSTER : entrance.policy();
        if (shortCircuit) {
            say(Word.SHORT_CIRCUIT, "policy Local does not bind this node and its pods");
        } else if (policy == TrafficPolicy.LOCAL) {
            say(Word.POLICY_LOCAL, "only endpoints on " + table.node());
        }
        List<Backend> backends = route.under(policy);
        return backends.isEmpty() ? empty(route) : forward(entrance, policy, backends);
    }

    private Verdict empty(Route route) {
        return switch (route.whenEmpty()) {
            case REJECT -> {
                say(Word.NO_ENDPOINTS, "no endpoint of " + route.key() + " is ready, or ends and still answers");
                yield new Verdict.Reject(reasons());
            }
            case DROP -> {
                say(Word.NO_LOCAL_ENDPOINTS, route.key() + " has endpoints, but none on " + table.node());
                yield new Verdict.Drop(reasons());
            }
        };
    }

    private Verdict forward(Entrance entrance, TrafficPolicy policy, List<Backend> backends) {
        Route route = entrance.route();
        if (!backends.getFirst().ready()) {
            say(Word.ONLY_TERMINATING, "nothing is ready; those that end still answer");
        } else if (policy == TrafficPolicy.CLUSTER && route.topology() != Topology.ANYWHERE) {
            say(Word.TOPOLOGY, "hints keep it to " + route.topology().text());
        }
        boolean masqueraded = masqueraded(entrance);
        if (masqueraded) {
            say(Word.MASQUERADE, "the reply must come back through " + table.node());
        }
        if (backends.stream()
                .anyMatch(backend -> backend.address().equals(packet.from().ip()))) {
            say(Word.HAIRPIN, "the client is a backend itself; it is masqueraded when it meets itself");
        }
        return new Verdict.Forward(route.key(), backends, route.affinitySeconds(), masqueraded, reasons());
    }

    private boolean masqueraded(Entrance entrance) {
        if (!entrance.external()) {
            Settings settings = table.settings();
            return settings.masqueradeAll() || podCidrsKnown() && !inPodCidrs();
        }
        return entrance.policy() == TrafficPolicy.CLUSTER || packet.from() instanceof Packet.From.Node;
    }

    /** A node inside an allowed range may also use the address itself as its source. */
    private boolean admitted(Entrance entrance) {
        IpAddress source = packet.from().ip();
        return entrance.admits(source)
                || source.equals(packet.destination())
                        && table.here.primary().stream().anyMatch(entrance::admits);
    }

    private boolean fromHere() {
        return switch (packet.from()) {
            case Packet.From.Pod(IpAddress _, String node) -> node.equals(table.node()) || inPodCidrs();
            case Packet.From.Node _ -> true;
            case Packet.From.OtherNode _, Packet.From.Outside _ -> false;
        };
    }

    /** Where only the other family's pods are known, nobody of this one can be told to be no pod. */
    private boolean podCidrsKnown() {
        return table.settings().podCidrs().stream()
                .anyMatch(range -> range.family() == packet.destination().family());
    }

    private boolean inPodCidrs() {
        return table.settings().podCidrs().stream()
                .anyMatch(range -> range.contains(packet.from().ip()));
    }

    private void say(Word word, String detail) {
        because.add(new Because(word, detail));
    }

    private List<Because> reasons() {
        return List.copyOf(because);
    }
}
