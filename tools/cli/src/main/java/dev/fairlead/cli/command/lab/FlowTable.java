// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.lab;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Because;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.core.routes.Verdict;
import dev.fairlead.dataplane.testing.Flows;
import dev.fairlead.kernel.testing.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Everybody asks at every frontend: the client, each node, the world outside and one of the frontend's own pods. Each packet is
 * carried by the sender's node if that knows the address, else by the node that has it.
 */
public final class FlowTable {
    private static final int AT_ONCE = 16;

    private final Stage stage;

    /** Of who is on a stage. */
    public FlowTable(Stage stage) {
        this.stage = stage;
    }

    /**
     * What was asked and what came of it.
     *
     * @param service {@code default/web:http}
     * @param traced who answers as the routes say, or what happens instead and why
     * @param met who answered, or what happened instead
     * @param amiss how that is not what the routes say; empty if it is
     */
    public record Flow(String from, String to, String service, String traced, String met, Optional<String> amiss) {}

    private record Question(Host from, Stage.Carried node, Packet packet, Entrance entrance) {}

    /** Asks all, and gives the flows in the order of the frontends. */
    public List<Flow> run() throws IOException, InterruptedException {
        Semaphore some = new Semaphore(AT_ONCE);
        List<Future<Flow>> asked = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Question question : questions()) {
                asked.add(executor.submit(() -> {
                    some.acquire();
                    try {
                        return flow(question);
                    } finally {
                        some.release();
                    }
                }));
            }
            List<Flow> flows = new ArrayList<>();
            for (Future<Flow> flow : asked) {
                flows.add(flow.get());
            }
            return flows;
        } catch (ExecutionException failed) {
            throw new IOException("a flow could not be sent: " + failed.getCause(), failed);
        }
    }

    private List<Question> questions() {
        List<Question> all = new ArrayList<>();
        for (Entrance entrance : stage.nodes().firstEntry().getValue().table().entrances()) {
            Frontend frontend = entrance.frontend();
            if (frontend.protocol() == Protocol.SCTP) {
                continue; // nobody here speaks it
            }
            for (IpAddress at : addresses(frontend.scope())) {
                for (Host from : senders(entrance)) {
                    all.add(question(from, at, entrance));
                }
            }
        }
        return all;
    }

    private List<IpAddress> addresses(Scope scope) {
        return switch (scope) {
            case Scope.At(IpAddress address) -> List.of(address);
            case Scope.NodePorts(IpFamily family) ->
                stage.nodes().values().stream()
                        .map(node -> address(node.host(), family))
                        .toList();
        };
    }

    private Set<Host> senders(Entrance entrance) {
        Set<Host> senders = new LinkedHashSet<>();
        senders.add(stage.host(Stage.CLIENT));
        stage.nodes().values().forEach(node -> senders.add(node.host()));
        senders.add(stage.host(Stage.OUTSIDE));
        entrance.route().endpoints().stream()
                .map(Backend::address)
                .map(this::host)
                .filter(host -> !stage.nodeOf(host.name()).isEmpty())
                .findFirst()
                .ifPresent(senders::add);
        return senders;
    }

    private Question question(Host from, IpAddress to, Entrance entrance) {
        Frontend frontend = entrance.frontend();
        IpAddress source = address(from, to.family());
        Stage.Carried own = stage.nodes().get(stage.nodeOf(from.name()));
        if (own != null) {
            Packet.From local = own.host().equals(from)
                    ? new Packet.From.Node(source)
                    : new Packet.From.Pod(source, own.host().name());
            Packet packet = new Packet(local, frontend.protocol(), to, frontend.port());
            if (!(own.table().trace(packet) instanceof Verdict.NotAService)) {
                return new Question(from, own, packet, entrance);
            }
        }
        Packet.From distant = own == null
                ? new Packet.From.Outside(source)
                : own.host().equals(from)
                        ? new Packet.From.OtherNode(source)
                        : new Packet.From.Pod(source, own.host().name());
        return new Question(from, carrier(to), new Packet(distant, frontend.protocol(), to, frontend.port()), entrance);
    }

    /** The node that has an address, or that the router leads it to. */
    private Stage.Carried carrier(IpAddress to) {
        return stage.nodes().values().stream()
                .filter(node -> has(node.host(), to))
                .findFirst()
                .orElse(stage.nodes().firstEntry().getValue());
    }

    private Flow flow(Question question) throws IOException {
        Flows flows = new Flows(question.node.host(), this::host, false);
        Flows.Met met = flows.send(question.node.table(), question.packet);
        return new Flow(
                question.from.name(),
                Frontend.at(question.packet.destination(), question.packet.protocol(), question.packet.port())
                        .toString(),
                question.entrance.route().service()
                        + name(question.entrance.route().port()),
                traced(met.verdict()),
                met.servers().isEmpty() ? met.last().toString() : String.join(", ", met.servers()),
                met.amiss());
    }

    private static String name(String port) {
        return port.isEmpty() ? "" : ":" + port;
    }

    private String traced(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Forward forward -> {
                Set<String> names = new TreeSet<>();
                forward.backends()
                        .forEach(backend -> names.add(host(backend.address()).name()));
                yield (forward.affinitySeconds() > 0 ? "one of " : "") + String.join(", ", names);
            }
            case Verdict.Reject(List<Because> because) -> "refused: " + word(because);
            case Verdict.Drop(List<Because> because) -> "silence: " + word(because);
            case Verdict.NotAService(List<Because> because) -> "no Service: " + word(because);
        };
    }

    private static String word(List<Because> because) {
        return because.getLast().word().name();
    }

    private Host host(IpAddress address) {
        return stage.hosts().values().stream()
                .filter(host -> has(host, address))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody in the lab has " + address));
    }

    private static boolean has(Host host, IpAddress address) {
        return Stage.ip(host.v4()).equals(address) || Stage.ip(host.v6()).equals(address);
    }

    private static IpAddress address(Host host, IpFamily family) {
        return Stage.ip(family == IpFamily.IPV4 ? host.v4() : host.v6());
    }
}
