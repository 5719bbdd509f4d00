// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;
import static dev.fairlead.apiserver.table.Tables.orNone;
import static dev.fairlead.apiserver.table.Tables.some;

import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tables of Services, what is behind them, and their addresses. */
final class NetworkTables {
    private static final int SHOWN = 3;

    static final Table SERVICES = new Table(
            List.of(
                    Column.called(),
                    Column.text("Type", "How the Service is exposed."),
                    Column.text("Cluster-IP", "The virtual address inside the cluster."),
                    Column.text("External-IP", "Addresses or the name outside the cluster."),
                    Column.text("Port(s)", "Ports, with node ports where there are any."),
                    Column.age(),
                    Column.wide("Selector", "The labels of the pods behind it.")),
            (service, now) -> {
                Tree spec = service.tree("spec");
                return List.of(
                        name(service),
                        spec.text("type", ""),
                        clusterIp(spec),
                        external(service),
                        ports(spec),
                        Age.of(service, now),
                        labels(spec.textMap("selector")));
            });

    static final Table ENDPOINTS = new Table(
            List.of(Column.called(), Column.text("Endpoints", "Addresses and ports that are ready."), Column.age()),
            (endpoints, now) -> List.of(name(endpoints), addresses(endpoints), Age.of(endpoints, now)));

    static final Table ENDPOINT_SLICES = new Table(
            List.of(
                    Column.called(),
                    Column.text("AddressType", "IPv4, IPv6 or FQDN."),
                    Column.text("Ports", "The ports of all endpoints."),
                    Column.text("Endpoints", "The first address of each endpoint."),
                    Column.age()),
            (slice, now) -> List.of(
                    name(slice),
                    slice.text("addressType", ""),
                    slicePorts(slice),
                    sliceAddresses(slice),
                    Age.of(slice, now)));

    static final Table IP_ADDRESSES = new Table(
            List.of(Column.called(), Column.text("ParentRef", "The object that holds the address."), Column.age()),
            (address, now) -> List.of(name(address), parent(address), Age.of(address, now)));

    static final Table SERVICE_CIDRS = new Table(
            List.of(Column.called(), Column.text("CIDRs", "The blocks ClusterIPs are taken from."), Column.age()),
            (cidr, now) ->
                    List.of(name(cidr), String.join(",", cidr.tree("spec").texts("cidrs")), Age.of(cidr, now)));

    static final Table NETWORK_POLICIES = new Table(
            List.of(Column.called(), Column.text("Pod-Selector", "The labels of the pods it is about."), Column.age()),
            (policy, now) -> List.of(
                    name(policy),
                    orNone(LabelSelector.from(policy.tree("spec").tree("podSelector"))
                            .toString()),
                    Age.of(policy, now)));

    static final Table LOAD_BALANCER_POOLS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Addresses", "Blocks, ranges and single addresses."),
                    Column.text("Auto", "Whether Services get addresses without asking for the pool."),
                    Column.text("Assigned", "How many addresses Services have, of how many."),
                    Column.age(),
                    Column.wide("Sharing", "Which Services may have one address together."),
                    Column.wide("Namespaces", "The labels of the namespaces it is for."),
                    Column.wide("Services", "The labels of the Services it is for.")),
            (pool, now) -> {
                Tree spec = pool.tree("spec");
                return List.of(
                        name(pool),
                        some(spec.texts("addresses"), SHOWN),
                        spec.truth("autoAssign", true) ? "yes" : "no",
                        assigned(pool.tree("status")),
                        Age.of(pool, now),
                        spec.text("sharing", ""),
                        selector(spec.tree("namespaceSelector")),
                        selector(spec.tree("serviceSelector")));
            });

    private NetworkTables() {}

    private static String assigned(Tree status) {
        long total = status.whole("total", 0);
        String of = total == Long.MAX_VALUE ? "many" : String.valueOf(total);
        return total == 0 ? "<unknown>" : status.whole("assigned", 0) + "/" + of;
    }

    private static String selector(Tree selector) {
        return selector.fields().isEmpty()
                ? "<all>"
                : LabelSelector.from(selector).toString();
    }

    private static String clusterIp(Tree spec) {
        List<String> all = spec.texts("clusterIPs");
        return orNone(all.isEmpty() ? spec.text("clusterIP", "") : all.getFirst());
    }

    private static String external(Tree service) {
        Tree spec = service.tree("spec");
        List<String> own = spec.texts("externalIPs");
        return switch (spec.text("type", "")) {
            case "ExternalName" -> spec.text("externalName", "");
            case "LoadBalancer" -> {
                Set<String> given = new TreeSet<>();
                for (Tree ingress : service.tree("status").tree("loadBalancer").trees("ingress")) {
                    given.add(ingress.text("ip", ingress.text("hostname", "")));
                }
                List<String> all = new ArrayList<>(given);
                all.addAll(own);
                yield all.isEmpty() ? "<pending>" : String.join(",", all);
            }
            default -> orNone(String.join(",", own));
        };
    }

    private static String ports(Tree spec) {
        List<String> ports = new ArrayList<>();
        for (Tree port : spec.trees("ports")) {
            long node = port.whole("nodePort", 0);
            ports.add(port.whole("port", 0) + (node == 0 ? "" : ":" + node) + "/" + port.text("protocol", "TCP"));
        }
        return orNone(String.join(",", ports));
    }

    private static String addresses(Tree endpoints) {
        List<Tree> subsets = endpoints.trees("subsets");
        if (subsets.isEmpty()) {
            return "<none>";
        }
        List<String> all = new ArrayList<>();
        for (Tree subset : subsets) {
            List<Tree> ports = subset.trees("ports");
            for (Tree address : subset.trees("addresses")) {
                String ip = address.text("ip", "");
                if (ports.isEmpty()) {
                    all.add(ip);
                }
                ports.forEach(port -> all.add(hostPort(ip, port.whole("port", 0))));
            }
        }
        return some(all, SHOWN);
    }

    private static String hostPort(String ip, long port) {
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }

    private static String slicePorts(Tree slice) {
        List<String> ports = new ArrayList<>();
        for (Tree port : slice.trees("ports")) {
            String text = port.has("port") ? String.valueOf(port.whole("port", 0)) : port.text("name", "");
            ports.add(text.isEmpty() ? "*" : text);
        }
        return ports.isEmpty() ? "<unset>" : some(ports, SHOWN);
    }

    private static String sliceAddresses(Tree slice) {
        List<String> all = new ArrayList<>();
        for (Tree endpoint : slice.trees("endpoints")) {
            endpoint.texts("addresses").stream().findFirst().ifPresent(all::add);
        }
        return all.isEmpty() ? "<unset>" : some(all, SHOWN);
    }

    private static String parent(Tree address) {
        Tree parent = address.tree("spec").tree("parentRef");
        String group = parent.text("group", "");
        List<String> parts = new ArrayList<>();
        parts.add(parent.text("resource", "") + (group.isEmpty() ? "" : "." + group));
        if (!parent.text("namespace", "").isEmpty()) {
            parts.add(parent.text("namespace", ""));
        }
        parts.add(parent.text("name", ""));
        return String.join("/", parts);
    }

    /** {@code app=web,tier=front}, by name of the label. */
    static String labels(Map<String, String> labels) {
        Map<String, String> sorted = new LinkedHashMap<>();
        labels.keySet().stream().sorted().forEach(key -> sorted.put(key, labels.getOrDefault(key, "")));
        List<String> pairs = new ArrayList<>();
        sorted.forEach((key, value) -> pairs.add(key + "=" + value));
        return orNone(String.join(",", pairs));
    }
}
