// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a node's agent knows about one Service: the schema of the agent's answer.
 *
 * @param programmed through which revision its data plane follows the API
 * @param nodePortAddresses where it accepts node ports
 * @param frontends of the Service, as programmed
 * @param backends what passed to each endpoint since it was first seen
 * @param attempts the latest connections it made for clients, newest first
 * @param listening what pods of this node listen on; a pod that is not named was not looked at
 */
public record NodeReport(
        String node,
        long programmed,
        List<IpAddress> nodePortAddresses,
        List<Served> frontends,
        List<Counted> backends,
        List<Attempt> attempts,
        List<Listening> listening) {
    /**
     * A frontend.
     *
     * @param name as routes write it: {@code 10.96.0.7:80/tcp}
     * @param bound where it is really bound when that is elsewhere, {@code address:port}; else empty
     * @param problem why it is not bound at all; else empty
     */
    public record Served(String name, String bound, String problem) {}

    /** What passed to an endpoint: connections (or flows) made, those still open, and attempts that failed. */
    public record Counted(IpAddress address, int port, long opened, long open, long failed) {}

    /** What became of an attempt to connect. */
    public enum Outcome {
        CONNECTED,
        REFUSED,
        SILENT
    }

    /** One attempt to connect to an endpoint for a client. */
    public record Attempt(Instant at, IpAddress client, IpAddress address, int port, Outcome outcome) {}

    /** The sockets on which a pod waits for clients. */
    public record Listening(ObjectName pod, List<Socket> sockets) {}

    /** A socket that waits for clients. */
    public record Socket(Protocol protocol, IpAddress address, int port) {}

    /** Reads a report; what is not readable is left out. */
    public static NodeReport from(Tree tree) {
        List<IpAddress> nodePorts = new ArrayList<>();
        tree.texts("nodePortAddresses").forEach(text -> IpAddress.parse(text).ifPresent(nodePorts::add));
        List<Counted> backends = new ArrayList<>();
        for (Tree one : tree.trees("backends")) {
            address(one, "address")
                    .ifPresent(address -> backends.add(new Counted(
                            address,
                            (int) one.whole("port", 0),
                            one.whole("opened", 0),
                            one.whole("open", 0),
                            one.whole("failed", 0))));
        }
        return new NodeReport(
                tree.text("node", ""),
                tree.whole("programmed", 0),
                List.copyOf(nodePorts),
                tree.trees("frontends").stream().map(NodeReport::served).toList(),
                List.copyOf(backends),
                attempts(tree),
                tree.trees("listening").stream()
                        .map(one -> new Listening(
                                new ObjectName(one.text("namespace", ""), one.text("pod", "")), sockets(one)))
                        .toList());
    }

    private static List<Attempt> attempts(Tree tree) {
        List<Attempt> attempts = new ArrayList<>();
        for (Tree one : tree.trees("attempts")) {
            Instant at = Times.read(one.text("at", ""));
            Optional<IpAddress> client = address(one, "client");
            Optional<IpAddress> address = address(one, "address");
            if (at != null && client.isPresent() && address.isPresent()) {
                Outcome outcome = switch (one.text("outcome", "")) {
                    case "connected" -> Outcome.CONNECTED;
                    case "refused" -> Outcome.REFUSED;
                    default -> Outcome.SILENT;
                };
                attempts.add(new Attempt(at, client.get(), address.get(), (int) one.whole("port", 0), outcome));
            }
        }
        return List.copyOf(attempts);
    }

    private static List<Socket> sockets(Tree pod) {
        List<Socket> sockets = new ArrayList<>();
        for (Tree one : pod.trees("sockets")) {
            Optional<IpAddress> address = address(one, "address");
            Optional<Protocol> protocol = Protocol.parse(one.text("protocol", ""));
            if (address.isPresent() && protocol.isPresent()) {
                sockets.add(new Socket(protocol.get(), address.get(), (int) one.whole("port", 0)));
            }
        }
        return List.copyOf(sockets);
    }

    private static Optional<IpAddress> address(Tree tree, String name) {
        return IpAddress.parse(tree.text(name, ""));
    }

    /** The report as a value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("node", node);
        tree.put("programmed", programmed);
        tree.put(
                "nodePortAddresses",
                nodePortAddresses.stream().map(IpAddress::toString).toList());
        tree.put("frontends", frontends.stream().map(NodeReport::served).toList());
        tree.put("backends", backends.stream().map(NodeReport::counted).toList());
        tree.put("attempts", attempts.stream().map(NodeReport::attempt).toList());
        tree.put("listening", listening.stream().map(NodeReport::listening).toList());
        return tree;
    }

    static Served served(Tree one) {
        return new Served(one.text("name", ""), one.text("bound", ""), one.text("problem", ""));
    }

    static Map<String, Object> served(Served served) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", served.name);
        if (!served.bound.isEmpty()) {
            tree.put("bound", served.bound);
        }
        if (!served.problem.isEmpty()) {
            tree.put("problem", served.problem);
        }
        return tree;
    }

    private static Map<String, Object> counted(Counted counted) {
        Map<String, Object> tree = place(counted.address, counted.port);
        tree.put("opened", counted.opened);
        tree.put("open", counted.open);
        tree.put("failed", counted.failed);
        return tree;
    }

    static Map<String, Object> attempt(Attempt attempt) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", attempt.at.toString());
        tree.put("client", attempt.client.toString());
        tree.putAll(place(attempt.address, attempt.port));
        tree.put("outcome", attempt.outcome.name().toLowerCase(Locale.ROOT));
        return tree;
    }

    private static Map<String, Object> listening(Listening listening) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("namespace", listening.pod.namespace());
        tree.put("pod", listening.pod.name());
        tree.put(
                "sockets",
                listening.sockets.stream()
                        .map(socket -> {
                            Map<String, Object> one = place(socket.address, socket.port);
                            one.put("protocol", socket.protocol.name());
                            return one;
                        })
                        .toList());
        return tree;
    }

    private static Map<String, Object> place(IpAddress address, int port) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("address", address.toString());
        tree.put("port", (long) port);
        return tree;
    }
}
