// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Names;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Where a proxied request goes. As in Kubernetes a Service leads to what its Endpoints say, not its EndpointSlices. */
public final class Locations {
    /** Where kubelets listen unless their nodes say otherwise. */
    private static final long KUBELET = 10_250;

    private final Store store;
    private final Resource services;
    private final Resource endpoints;
    private final Resource pods;
    private final Resource nodes;
    private final ClusterNetwork network;
    private final RandomGenerator random;

    /** @param random must be safe for use by many threads */
    public Locations(Store store, Kinds kinds, ClusterNetwork network, RandomGenerator random) {
        this.store = store;
        this.services = kinds.require("v1", "Service");
        this.endpoints = kinds.require("v1", "Endpoints");
        this.pods = kinds.require("v1", "Pod");
        this.nodes = kinds.require("v1", "Node");
        this.network = network;
        this.random = random;
    }

    /**
     * Where {@code name} leads, the places to try in order.
     *
     * @throws Refusal 404 for what is not there, 503 when nothing is behind it, 400 for a pod or node that cannot be reached
     */
    List<InetSocketAddress> of(Resource resource, String namespace, ProxyName name) {
        if (resource.equals(nodes)) {
            return List.of(node(name));
        }
        return resource.equals(pods) ? List.of(pod(namespace, name)) : service(namespace, name);
    }

    private List<InetSocketAddress> service(String namespace, ProxyName asked) {
        String name = asked.name();
        String port = asked.port();
        if (number(port).isPresent()) {
            long number = number(port).orElseThrow();
            port = read(services, namespace, name).tree("spec").trees("ports").stream()
                    .filter(one -> one.whole("port", 0) == number)
                    .findFirst()
                    .map(one -> one.text("name", ""))
                    .orElseThrow(() ->
                            Refusal.unavailable("no service port " + number + " found for service \"" + name + "\""));
        }
        List<InetSocketAddress> places = new ArrayList<>();
        for (Tree subset : read(endpoints, namespace, name).trees("subsets")) {
            for (Tree one : subset.trees("ports")) {
                if (one.text("name", "").equals(port)) {
                    subset.trees("addresses").stream()
                            .filter(address -> isPod(namespace, address))
                            .flatMap(address -> inet(address.text("ip", "")))
                            .map(ip -> new InetSocketAddress(ip, (int) one.whole("port", 0)))
                            .forEach(places::add);
                }
            }
        }
        if (places.isEmpty()) {
            throw Refusal.unavailable("no endpoints available for service \"" + name + "\"");
        }
        Collections.shuffle(places, java.util.Random.from(random));
        return places;
    }

    /** Only a pod of the namespace that says it has the address, so that nobody is led astray by what Endpoints claim. */
    private boolean isPod(String namespace, Tree address) {
        Tree reference = address.tree("targetRef");
        if (!reference.text("kind", "").equals("Pod")
                || !reference.text("namespace", "").equals(namespace)) {
            return false;
        }
        return store.get(pods.key(namespace, reference.text("name", "")))
                .filter(entry -> ips(tree(entry)).contains(address.text("ip", "")))
                .isPresent();
    }

    private InetSocketAddress pod(String namespace, ProxyName asked) {
        Tree pod = read(pods, namespace, asked.name());
        String usual = asked.tls() ? "443" : "80";
        String port = !asked.port().isEmpty()
                ? asked.port()
                : pod.tree("spec").trees("containers").stream()
                        .flatMap(container -> container.trees("ports").stream())
                        .map(one -> Long.toString(one.whole("containerPort", 0)))
                        .findFirst()
                        .orElse(usual);
        int number = port("pod", asked, port);
        List<String> ips = ips(pod);
        if (ips.isEmpty()) {
            throw Refusal.badRequest("address not allowed: pod \"" + asked.name() + "\" has no address yet");
        }
        InetAddress ip = inet(ips.getFirst())
                .findFirst()
                .orElseThrow(() -> Refusal.badRequest("address not allowed: " + ips.getFirst()));
        return new InetSocketAddress(ip, number);
    }

    private static int port(String kind, ProxyName asked, String port) {
        return number(port)
                .filter(one -> Names.port(one).isEmpty())
                .orElseThrow(() -> Refusal.badRequest("invalid port \"" + port + "\" for " + kind + " \"" + asked.name()
                        + "\": a " + kind + " is asked by a number from 1 to 65535"))
                .intValue();
    }

    private InetSocketAddress node(ProxyName asked) {
        Tree status = read(nodes, "", asked.name()).tree("status");
        long kubelet = status.tree("daemonEndpoints").tree("kubeletEndpoint").whole("Port", KUBELET);
        int number = port("node", asked, asked.port().isEmpty() ? Long.toString(kubelet) : asked.port());
        return status.trees("addresses").stream()
                .filter(address -> address.text("type", "").equals("InternalIP"))
                .flatMap(address -> inet(address.text("address", "")))
                .map(ip -> new InetSocketAddress(ip, number))
                .findFirst()
                .orElseThrow(() -> Refusal.badRequest(
                        "address not allowed: node \"" + asked.name() + "\" has none that may be asked from here"));
    }

    private static List<String> ips(Tree pod) {
        Tree status = pod.tree("status");
        List<String> several =
                status.trees("podIPs").stream().map(ip -> ip.text("ip", "")).toList();
        String one = status.text("podIP", "");
        return !several.isEmpty() || one.isEmpty() ? several : List.of(one);
    }

    /** The address as the JDK has it; none for one that leads to the server's own host or to nobody in particular. */
    private Stream<InetAddress> inet(String text) {
        return IpAddress.parse(text).filter(this::proxyable).stream().map(Inet::address);
    }

    private boolean proxyable(IpAddress ip) {
        boolean loopback = ip.isLoopback() && network.loopbackRanges().stream().noneMatch(range -> range.contains(ip));
        return !loopback && !ip.isUnspecified() && !ip.isLinkLocalUnicast() && !ip.isLinkLocalMulticast();
    }

    private Tree read(Resource resource, String namespace, String name) {
        return store.get(resource.key(namespace, name))
                .map(Locations::tree)
                .orElseThrow(() -> Refusal.notFound(resource, name));
    }

    private static Tree tree(Entry entry) {
        return new Tree(Json.object(entry.value()));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
}
