// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.explain.NodeNotes;
import dev.fairlead.core.explain.NodeNotes.Trouble;
import dev.fairlead.core.explain.NodeReport;
import dev.fairlead.core.explain.NodeReport.Attempt;
import dev.fairlead.core.explain.NodeReport.Counted;
import dev.fairlead.core.explain.NodeReport.Listening;
import dev.fairlead.core.explain.NodeReport.Outcome;
import dev.fairlead.core.explain.NodeReport.Served;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.Binding;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.relay.Attempts;
import dev.fairlead.kernel.process.OpenPorts;
import dev.fairlead.wire.time.Time;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Says what this node knows about one Service, for whoever explains it. */
final class Reporting {
    /** How much of what is wrong is told to those who cannot ask: an annotation's worth. */
    private static final int MOST_TROUBLES = 200;

    private static final int MOST_FAILING = 40;

    private final String node;
    private final DataPlane plane;
    private final Progress progress;
    private final Ports ports;
    private final Map<Frontend, DataPlane.Problem> problems = new ConcurrentHashMap<>();
    private final Instant begun;
    private final long begunNanos;

    /** Where pods wait for clients. */
    interface Ports {
        Optional<OpenPorts> of(ObjectName pod);
    }

    Reporting(String node, DataPlane plane, Progress progress, Ports ports, Time time) {
        this.node = node;
        this.plane = plane;
        this.progress = progress;
        this.ports = ports;
        this.begun = time.now();
        this.begunNanos = time.nanos();
    }

    /** Takes note of all that cannot be carried here. */
    void problems(List<DataPlane.Problem> now) {
        problems.keySet()
                .retainAll(now.stream().map(DataPlane.Problem::frontend).toList());
        now.forEach(problem -> problems.put(problem.frontend(), problem));
    }

    NodeReport of(RouteTable table, ObjectName service, List<ObjectName> pods) {
        List<DataPlane.Seen> seen = plane.seen(service);
        return new NodeReport(
                node,
                progress.programmed(),
                table.nodePortAddresses(),
                served(table, service),
                seen.stream().map(Reporting::counted).toList(),
                attempts(seen),
                listening(pods));
    }

    private List<Served> served(RouteTable table, ObjectName service) {
        List<Binding> bindings = plane.bindings();
        List<Served> served = new ArrayList<>();
        for (Entrance entrance : table.entrances(service)) {
            Frontend frontend = entrance.frontend();
            String bound = bindings.stream()
                    .filter(binding -> binding.virtual().equals(frontend)
                            && binding.service().equals(service))
                    .map(Binding::bound)
                    .map(Reporting::text)
                    .findFirst()
                    .orElse("");
            served.add(new Served(frontend.toString(), bound, problem(frontend)));
        }
        return List.copyOf(served);
    }

    private String problem(Frontend frontend) {
        DataPlane.Problem problem = problems.get(frontend);
        return problem == null ? "" : problem.reason();
    }

    /** What is not as it should be, for those who cannot ask; the same as long as nothing changes. */
    NodeNotes notes(RouteTable table) {
        List<Trouble> troubles = new ArrayList<>();
        new TreeMap<>(problems)
                .forEach((frontend, problem) -> troubles.add(
                        new Trouble(problem.service(), new Served(frontend.toString(), "", problem.reason()))));
        plane.bindings()
                .forEach(binding -> troubles.add(new Trouble(
                        binding.service(), new Served(binding.virtual().toString(), text(binding.bound()), ""))));
        return new NodeNotes(
                table.nodePortAddresses(),
                List.copyOf(troubles.subList(0, Math.min(troubles.size(), MOST_TROUBLES))),
                attempts(plane.failing(MOST_FAILING)));
    }

    private static String text(InetSocketAddress at) {
        String host = at.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + at.getPort();
    }

    private static Counted counted(DataPlane.Seen seen) {
        return new Counted(
                seen.address(),
                seen.port(),
                seen.traffic().opened(),
                seen.traffic().open(),
                seen.traffic().failed());
    }

    private List<Listening> listening(List<ObjectName> pods) {
        List<Listening> listening = new ArrayList<>();
        for (ObjectName pod : pods) {
            ports.of(pod).ifPresent(open -> {
                List<NodeReport.Socket> sockets = new ArrayList<>();
                open.tcp().forEach(at -> sockets.add(socket(Protocol.TCP, at)));
                open.udp().forEach(at -> sockets.add(socket(Protocol.UDP, at)));
                listening.add(new Listening(pod, List.copyOf(sockets)));
            });
        }
        return List.copyOf(listening);
    }

    private static NodeReport.Socket socket(Protocol protocol, InetSocketAddress at) {
        return new NodeReport.Socket(protocol, IpAddress.of(at.getAddress().getAddress()), at.getPort());
    }

    private List<Attempt> attempts(List<DataPlane.Seen> seen) {
        List<Attempt> attempts = new ArrayList<>();
        for (DataPlane.Seen one : seen) {
            for (Attempts.Attempt attempt : one.traffic().attempts()) {
                attempts.add(new Attempt(
                        begun.plusNanos(attempt.nanos() - begunNanos).truncatedTo(ChronoUnit.MILLIS),
                        IpAddress.of(attempt.client().getAddress()),
                        one.address(),
                        one.port(),
                        outcome(attempt.outcome())));
            }
        }
        attempts.sort(Comparator.comparing(Attempt::at).reversed());
        return List.copyOf(attempts);
    }

    private static Outcome outcome(Attempts.Outcome outcome) {
        return switch (outcome) {
            case CONNECTED -> Outcome.CONNECTED;
            case REFUSED -> Outcome.REFUSED;
            case SILENT -> Outcome.SILENT;
        };
    }
}
