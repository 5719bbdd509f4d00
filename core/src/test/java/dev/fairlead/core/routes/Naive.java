// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The Service proxy's rules written down plainly over value trees: slow, without sharing, the reference for tables. */
final class Naive {
    /** One claim on a frontend. */
    record Claim(
            String frontend,
            int kind,
            String service,
            String port,
            boolean external,
            boolean localPolicy,
            List<String> cluster,
            List<String> local,
            List<Cidr> ranges,
            long affinity) {
        List<String> backends() {
            return localPolicy ? local : cluster;
        }

        String text() {
            return frontend + " " + kind + " " + service + ":" + port + " " + localPolicy + " " + cluster + " " + local
                    + " " + ranges + " " + affinity;
        }
    }

    private record Entry(String address, long port, Tree endpoint) {
        boolean is(String condition, boolean otherwise) {
            return endpoint.tree("conditions").truth(condition, otherwise);
        }

        boolean ready() {
            return is("ready", true);
        }

        boolean lastResort() {
            return is("serving", true) && is("terminating", false);
        }

        List<String> hints(String field) {
            return endpoint.tree("hints").trees(field).stream()
                    .map(hint -> hint.text("name", ""))
                    .toList();
        }
    }

    final Map<String, Claim> claims = new TreeMap<>();
    final TreeSet<String> health = new TreeSet<>();
    final TreeSet<String> clusterIps = new TreeSet<>();
    private final String node;
    private final String zone;
    private final List<String> addresses;

    Naive(Collection<Tree> services, Collection<Tree> slices, Tree node) {
        this.node = node.tree("metadata").text("name", "");
        this.zone = node.tree("metadata").tree("labels").text("topology.kubernetes.io/zone", "");
        this.addresses = node.tree("status").trees("addresses").stream()
                .map(address -> address.text("address", ""))
                .toList();
        services.forEach(service -> add(service, slices));
    }

    private void add(Tree service, Collection<Tree> slices) {
        Tree spec = service.tree("spec");
        String type = spec.text("type", "ClusterIP");
        String clusterIp = spec.text("clusterIP", "");
        if (clusterIp.isEmpty()
                || clusterIp.equals("None")
                || type.equals("ExternalName")
                || service.tree("metadata").tree("labels").has("service.kubernetes.io/service-proxy-name")) {
            return;
        }
        clusterIps.addAll(spec.texts("clusterIPs"));
        TreeSet<String> healthy = new TreeSet<>();
        for (String family : List.of("IPv4", "IPv6")) {
            Predicate<String> ofFamily = ip -> ip.contains(":") == family.equals("IPv6");
            if (spec.texts("clusterIPs").stream().noneMatch(ofFamily)) {
                continue;
            }
            for (Tree port : spec.trees("ports")) {
                List<Entry> entries = entries(service, port, family, slices);
                entries.stream()
                        .filter(entry -> entry.ready() && here(entry))
                        .forEach(entry -> healthy.add(entry.address));
                add(service, port, family, ofFamily, entries);
            }
        }
        long check = spec.whole("healthCheckNodePort", 0);
        if (type.equals("LoadBalancer")
                && spec.text("externalTrafficPolicy", "").equals("Local")
                && check != 0) {
            health.add(check + " " + name(service) + " " + healthy.size());
        }
    }

    private static String name(Tree object) {
        return object.tree("metadata").text("namespace", "") + "/"
                + object.tree("metadata").text("name", "");
    }

    private boolean here(Entry entry) {
        return entry.endpoint.text("nodeName", "").equals(node);
    }

    private static List<Entry> entries(Tree service, Tree port, String family, Collection<Tree> slices) {
        Map<String, Entry> best = new TreeMap<>();
        for (Tree slice : slices) {
            Tree labels = slice.tree("metadata").tree("labels");
            if (!labels.text("kubernetes.io/service-name", "")
                            .equals(service.tree("metadata").text("name", ""))
                    || labels.has("service.kubernetes.io/headless")
                    || !slice.text("addressType", "").equals(family)) {
                continue;
            }
            for (Tree slicePort : slice.trees("ports")) {
                boolean matches = slicePort.text("name", "").equals(port.text("name", ""))
                        && slicePort.text("protocol", "TCP").equals(port.text("protocol", "TCP"))
                        && slicePort.whole("port", 0) != 0;
                for (Tree endpoint : matches ? slice.trees("endpoints") : List.<Tree>of()) {
                    Entry entry =
                            new Entry(endpoint.texts("addresses").getFirst(), slicePort.whole("port", 0), endpoint);
                    String key = entry.address + " " + entry.port;
                    Entry other = best.get(key);
                    if (other == null || BETTER.compare(entry, other) < 0) {
                        best.put(key, entry);
                    }
                }
            }
        }
        return new ArrayList<>(best.values());
    }

    private static final Comparator<Entry> BETTER = Comparator.<Entry, Boolean>comparing(
                    entry -> entry.is("terminating", false))
            .thenComparing(entry -> !entry.ready())
            .thenComparing(entry -> !entry.is("serving", true));

    private List<String> texts(List<Entry> entries, Predicate<Entry> wanted) {
        return entries.stream()
                .filter(wanted)
                .map(entry -> entry.address + " " + entry.port)
                .sorted()
                .toList();
    }

    private void add(Tree service, Tree port, String family, Predicate<String> ofFamily, List<Entry> entries) {
        List<Entry> ready = entries.stream().filter(Entry::ready).toList();
        List<String> cluster = texts(ready, _ -> true);
        if (level(ready, "forNodes", node)) {
            cluster = texts(ready, entry -> entry.hints("forNodes").contains(node));
        } else if (level(ready, "forZones", zone)) {
            cluster = texts(ready, entry -> entry.hints("forZones").contains(zone));
        }
        if (cluster.isEmpty()) {
            cluster = texts(entries, Entry::lastResort);
        }
        List<String> local = texts(ready, this::here);
        if (local.isEmpty()) {
            local = texts(entries, entry -> here(entry) && entry.lastResort());
        }
        Tree spec = service.tree("spec");
        String type = spec.text("type", "ClusterIP");
        boolean internalLocal = spec.text("internalTrafficPolicy", "").equals("Local");
        boolean reachable =
                !type.equals("ClusterIP") || !spec.texts("externalIPs").isEmpty();
        boolean externalLocal =
                reachable && spec.text("externalTrafficPolicy", "").equals("Local");
        long affinity = spec.text("sessionAffinity", "").equals("ClientIP") ? 10800 : 0;
        String protocol = port.text("protocol", "TCP").toLowerCase(java.util.Locale.ROOT);
        String tail = ":" + port.whole("port", 0) + "/" + protocol;
        for (String ip : spec.texts("clusterIPs").stream().filter(ofFamily).toList()) {
            claim(new Claim(
                    text(ip) + tail,
                    0,
                    name(service),
                    port.text("name", ""),
                    false,
                    internalLocal,
                    cluster,
                    local,
                    List.of(),
                    affinity));
        }
        for (String ip : spec.texts("externalIPs").stream().filter(ofFamily).toList()) {
            claim(new Claim(
                    text(ip) + tail,
                    1,
                    name(service),
                    port.text("name", ""),
                    true,
                    externalLocal,
                    cluster,
                    local,
                    List.of(),
                    affinity));
        }
        if (type.equals("LoadBalancer")) {
            for (Tree ingress : service.tree("status").tree("loadBalancer").trees("ingress")) {
                String ip = ingress.text("ip", "");
                if (!ip.isEmpty()
                        && ofFamily.test(ip)
                        && !ingress.text("ipMode", "VIP").equals("Proxy")) {
                    claim(new Claim(
                            text(ip) + tail,
                            2,
                            name(service),
                            port.text("name", ""),
                            true,
                            externalLocal,
                            cluster,
                            local,
                            ranges(spec, ofFamily, ip),
                            affinity));
                }
            }
        }
        if (!type.equals("ClusterIP") && port.whole("nodePort", 0) != 0) {
            claim(new Claim(
                    "node." + family + ":" + port.whole("nodePort", 0) + "/" + protocol,
                    3,
                    name(service),
                    port.text("name", ""),
                    true,
                    externalLocal,
                    cluster,
                    local,
                    List.of(),
                    affinity));
        }
    }

    private static boolean level(List<Entry> ready, String field, String own) {
        return !own.isEmpty()
                && ready.stream().noneMatch(entry -> entry.hints(field).isEmpty())
                && ready.stream().anyMatch(entry -> entry.hints(field).contains(own));
    }

    /** Where the node's own address would be let in, so is the Service's: the node may come from there. */
    private List<Cidr> ranges(Tree spec, Predicate<String> ofFamily, String ip) {
        List<String> texts = spec.texts("loadBalancerSourceRanges");
        if (texts.stream().anyMatch(range -> range.endsWith("/0"))) {
            return List.of();
        }
        List<Cidr> ranges =
                new ArrayList<>(texts.stream().filter(ofFamily).map(Cidr::of).toList());
        boolean node = addresses.stream().filter(ofFamily).limit(1).anyMatch(own -> contain(ranges, own));
        if (node && !contain(ranges, ip)) {
            ranges.add(Cidr.of(ip + (ip.contains(":") ? "/128" : "/32")));
        }
        return ranges;
    }

    private static boolean contain(List<Cidr> ranges, String ip) {
        return ranges.stream().anyMatch(range -> range.contains(IpAddress.of(ip)));
    }

    private static String text(String ip) {
        return ip.contains(":") ? "[" + ip + "]" : ip;
    }

    private void claim(Claim claim) {
        claims.merge(claim.frontend, claim, (one, other) -> {
            Comparator<Claim> order = Comparator.comparingInt(Claim::kind)
                    .thenComparing(Claim::service)
                    .thenComparing(Claim::port);
            return order.compare(one, other) <= 0 ? one : other;
        });
    }

    /** What happens to a packet; {@code here} is whether the node or its pods sent it. */
    String trace(Packet packet, boolean here, boolean fromNode, List<String> nodeAddresses) {
        String tail = ":" + packet.port() + "/" + packet.protocol().name().toLowerCase(java.util.Locale.ROOT);
        String to = packet.destination().toString();
        Claim claim = claims.get(text(to) + tail);
        if (claim == null && nodeAddresses.contains(to)) {
            claim = claims.get("node." + packet.destination().family().text() + tail);
        }
        if (claim == null) {
            return clusterIps.contains(to) ? "reject" : "none";
        }
        if (claim.cluster.isEmpty() && claim.local.isEmpty()) {
            return "reject";
        }
        if (!claim.ranges.isEmpty()
                && claim.ranges.stream()
                        .noneMatch(range -> range.contains(packet.from().ip()))) {
            return "drop";
        }
        List<String> set = claim.external && claim.localPolicy && here ? claim.cluster : claim.backends();
        if (set.isEmpty()) {
            return "drop";
        }
        boolean masqueraded = claim.external && (!claim.localPolicy || fromNode);
        return "forward " + set + (masqueraded ? " masqueraded" : "");
    }
}
