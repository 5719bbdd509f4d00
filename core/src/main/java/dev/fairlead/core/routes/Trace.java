// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
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
        if (virtual != null) {
            return virtual;
        }
        boolean itself =
                packet.from() instanceof Packet.From.Node && table.localhost().contains(to);
        return itself || table.nodePortAddresses().contains(to) ? table.entrance(nodePort()) : null;
    }

    private Frontend nodePort() {
        return Frontend.nodePort(packet.destination().family(), packet.protocol(), packet.port());
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
        if (table.here.addresses().contains(to)) {
            atTheNode();
        }
        return new Verdict.NotAService(reasons());
    }

    private void atTheNode() {
        Entrance closedHere = table.entrance(nodePort());
        if (closedHere != null) {
            say(
                    Word.NODE_PORTS_ELSEWHERE,
                    "it is the node port of " + closedHere.route().key() + ", but node ports are accepted on "
                            + table.nodePortAddresses() + " only");
        }
        table.healthChecks().stream()
                .filter(check -> check.port() == packet.port() && packet.protocol() == Protocol.TCP)
                .forEach(check -> say(Word.HEALTH_CHECK, "the node answers for the health of " + check.service()));
    }

    private Verdict through(Entrance entrance) {
        Route route = entrance.route();
        say(Word.ENTRANCE, entrance.frontend() + " is the " + entrance.kind().text() + " of " + route.key());
        List<Entrance> waiting = table.waiting(entrance.frontend());
        if (!waiting.isEmpty()) {
            say(
                    Word.CONTENDED,
                    "claimed by "
                            + waiting.stream().map(other -> other.route().key()).toList() + " too");
        }
        Origin origin = origin();
        Treatment treatment = entrance.treatment(origin, table.settings());
        if (treatment.rejects()) {
            say(Word.NO_ENDPOINTS, "no endpoint of " + route.key() + " is ready, or ends and still answers");
            return new Verdict.Reject(reasons());
        }
        if (!entrance.admits(packet.from().ip())) {
            say(Word.SOURCE_NOT_ALLOWED, packet.from().ip() + " is in none of " + entrance.sourceRanges());
            return new Verdict.Drop(reasons());
        }
        if (treatment.policy() != entrance.policy()) {
            say(Word.SHORT_CIRCUIT, "policy Local does not bind this node and its pods");
        } else if (treatment.policy() == TrafficPolicy.LOCAL) {
            say(Word.POLICY_LOCAL, "only endpoints on " + table.node());
        }
        if (treatment.drops()) {
            say(Word.NO_LOCAL_ENDPOINTS, route.key() + " has endpoints, but none on " + table.node());
            return new Verdict.Drop(reasons());
        }
        return forward(route, treatment);
    }

    private Verdict forward(Route route, Treatment treatment) {
        List<Backend> backends = treatment.backends();
        if (!backends.getFirst().ready()) {
            say(Word.ONLY_TERMINATING, "nothing is ready; those that end still answer");
        } else if (treatment.policy() == TrafficPolicy.CLUSTER && route.topology() != Topology.ANYWHERE) {
            say(Word.TOPOLOGY, "hints keep it to " + route.topology().text());
        }
        if (route.affinitySeconds() > 0) {
            say(Word.AFFINITY, "a client stays with its endpoint for " + route.affinitySeconds() + " s");
        }
        if (treatment.masqueraded()) {
            say(Word.MASQUERADE, "the reply must come back through " + table.node());
        }
        if (backends.stream()
                .anyMatch(backend -> backend.address().equals(packet.from().ip()))) {
            say(Word.HAIRPIN, "the client is a backend itself; it is masqueraded when it meets itself");
        }
        return new Verdict.Forward(route.key(), backends, route.affinitySeconds(), treatment.masqueraded(), reasons());
    }

    private Origin origin() {
        return switch (packet.from()) {
            case Packet.From.Pod(IpAddress ip, String node) ->
                node.equals(table.node()) || table.origin(ip) == Origin.POD ? Origin.POD : Origin.ELSEWHERE;
            case Packet.From.Node any -> Origin.NODE;
            case Packet.From.OtherNode any -> Origin.ELSEWHERE;
            case Packet.From.Outside any -> Origin.ELSEWHERE;
        };
    }

    private void say(Word word, String detail) {
        because.add(new Because(word, detail));
    }

    private List<Because> reasons() {
        return List.copyOf(because);
    }
}
