// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.lab;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.manifest.Manifest;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Scope;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.kernel.testing.Lab;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;

/**
 * Nodes that carry Services, their pods, a client and the world outside, as network namespaces around a router. Each pod answers on
 * the ports its slices name, by TCP and UDP, a line for a line.
 *
 * <pre>
 *   client, pods ── node1 ──┐
 *           pods ── node2 ──┼── (router) ── outside
 * </pre>
 *
 * <p>What is for a Service's virtual address and comes from outside is led to the first node.
 */
public final class Stage implements AutoCloseable {
    /** The host outside. */
    public static final String OUTSIDE = "outside";

    /** A pod on the first node that is nobody's endpoint. */
    public static final String CLIENT = "client";

    private static final ClusterNetwork NETWORK = new ClusterNetwork(
            List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00:10:96::/112")), PortRange.NODE_PORTS, List.of());
    /** A node without pods knows all the same that others are none. */
    private static final List<Cidr> NOBODY = List.of(Cidr.of("10.250.255.0/24"), Cidr.of("fd00:250:0:ff::/64"));

    private static final String TABLE = "fairlead";

    /** A node. */
    record Carried(Host host, RouteTable table) {}

    private final Lab lab;
    private final SequencedMap<String, Host> hosts = new LinkedHashMap<>();
    private final SequencedMap<String, Carried> nodes = new LinkedHashMap<>();
    /** By the names of pods and nodes. */
    private final Map<String, String> nodeOf = new LinkedHashMap<>();

    private final List<DataPlane> planes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private Stage() {
        Probe probe = Probe.networkNamespaces();
        if (!probe.possible()) {
            throw new Failure("the lab is made of network namespaces: " + probe.reason());
        }
        lab = new Lab();
    }

    /**
     * Puts up what the objects name.
     *
     * @param atLeast how many nodes there shall be, even if fewer are named
     * @throws Failure when an object is refused, or this machine cannot do it
     */
    public static Stage of(int atLeast, List<Manifest> manifests) throws IOException, InterruptedException {
        Admitted admitted = Admitted.of(manifests, NETWORK);
        Stage stage = new Stage();
        try {
            Cast cast = Cast.of(atLeast, admitted.slices());
            stage.build(cast);
            stage.carry(admitted, cast.nodes());
            return stage;
        } catch (KernelException refused) {
            stage.close();
            throw new Failure("the lab cannot be built: " + refused.getMessage(), refused);
        } catch (IOException | InterruptedException | RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    private void build(Cast cast) throws IOException {
        cast.nodes().forEach(name -> add(name, lab.host(name)));
        add(OUTSIDE, lab.host(OUTSIDE));
        String first = cast.nodes().getFirst();
        add(CLIENT, lab.behind(host(first), CLIENT, own(1, false), own(1, true)));
        nodeOf.put(CLIENT, first);
        cast.nodes().forEach(name -> nodeOf.put(name, name));
        int number = 1;
        for (Cast.Pod pod : cast.pods()) {
            number++;
            Host behind = host(pod.node().isEmpty() ? OUTSIDE : pod.node());
            Host host = lab.behind(behind, pod.name(), address(pod, false, number), address(pod, true, number));
            add(pod.name(), host);
            if (!pod.node().isEmpty()) {
                nodeOf.put(pod.name(), pod.node());
            }
            for (int port : pod.ports()) {
                host.serve(port);
            }
        }
    }

    private void add(String name, Host host) {
        if (hosts.putIfAbsent(name, host) != null) {
            throw new Failure("two hosts of the lab would be called " + name + "; rename that node or pod");
        }
    }

    /** A pod without an address of a family has one that nobody asks for. */
    private static String address(Cast.Pod pod, boolean six, int number) {
        IpAddress given = pod.addresses().get(six ? IpFamily.IPV6 : IpFamily.IPV4);
        return given == null ? own(number, six) : given.toString();
    }

    private static String own(int number, boolean six) {
        return six ? "fd00:250::" + Integer.toHexString(number) : "10.250." + number / 256 + "." + number % 256;
    }

    private void carry(Admitted admitted, List<String> cast) throws InterruptedException {
        for (String name : cast) {
            Host host = host(name);
            host.call(() -> {
                Sysctl.write("net/ipv4/icmp_ratelimit", "0"); // whoever is refused shall be told so
                Sysctl.write("net/ipv6/icmp/ratelimit", "0");
                return null;
            });
            RouteTable table = RouteTable.of(admitted.services(), admitted.slices(), node(host), settings(name));
            DataPlane plane = NftablesPlane.in(host.namespace(), TABLE, Ruleset.Options.USUAL);
            planes.add(plane);
            plane.apply(table)
                    .forEach(problem -> problems.add(
                            name + ": " + problem.service() + " at " + problem.frontend() + ": " + problem.reason()));
            nodes.put(name, new Carried(host, table));
        }
        Carried first = nodes.firstEntry().getValue();
        NETWORK.serviceCidrs().forEach(block -> lab.route(block.toString(), first.host()));
        new TreeSet<>(first.table().entrances().stream()
                        .map(Entrance::frontend)
                        .filter(frontend -> frontend.scope() instanceof Scope.At)
                        .map(frontend -> ((Scope.At) frontend.scope()).address())
                        .filter(address -> NETWORK.serviceCidrs().stream().noneMatch(block -> block.contains(address)))
                        .toList())
                .forEach(address -> lab.route(address.toString(), first.host()));
    }

    private static Node node(Host host) {
        return Node.from(new Tree(Map.of(
                "metadata",
                Map.of("name", host.name()),
                "status",
                Map.of(
                        "addresses",
                        List.of(
                                Map.of(
                                        "type",
                                        "InternalIP",
                                        "address",
                                        ip(host.v4()).toString()),
                                Map.of(
                                        "type",
                                        "InternalIP",
                                        "address",
                                        ip(host.v6()).toString()))))));
    }

    /** Its own pods, one by one, are what it takes for pods. */
    private Settings settings(String node) {
        List<Cidr> pods = new ArrayList<>(NOBODY);
        nodeOf.forEach((name, at) -> {
            if (at.equals(node) && !name.equals(node)) {
                pods.add(Cidr.of(ip(host(name).v4()) + "/32"));
                pods.add(Cidr.of(ip(host(name).v6()) + "/128"));
            }
        });
        return Settings.DEFAULT.withServiceCidrs(NETWORK.serviceCidrs()).withPodCidrs(pods);
    }

    static IpAddress ip(InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    /** Everybody but the router, by name: nodes, outside, client, pods. */
    public SequencedMap<String, Host> hosts() {
        return hosts;
    }

    /** The host of that name. */
    public Host host(String name) {
        Host host = hosts.get(name);
        if (host == null) {
            throw new Failure(
                    "there is no host \"" + name + "\" in this lab; there are " + String.join(", ", hosts.keySet()));
        }
        return host;
    }

    /** What could not be carried; a line each. */
    public List<String> problems() {
        return problems;
    }

    SequencedMap<String, Carried> nodes() {
        return nodes;
    }

    /** The node where a host is, or that it is; empty for who is outside. */
    String nodeOf(String host) {
        return nodeOf.getOrDefault(host, "");
    }

    @Override
    public void close() {
        planes.forEach(DataPlane::close);
        lab.close();
    }
}
