// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.lab;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who is in the lab: nodes, and the pods that slices name. An endpoint's pod is named as its {@code targetRef} says, else by its
 * address; the same name in slices of both families is one pod.
 *
 * @param nodes the nodes' names: those that slices name, then made-up ones that are numbered from 1
 */
record Cast(List<String> nodes, List<Pod> pods) {
    private static final List<Cidr> TAKEN = List.of(
            Cidr.of("10.200.0.0/16"), Cidr.of("10.250.0.0/16"), Cidr.of("fd00:200::/64"), Cidr.of("fd00:250::/48"));

    /**
     * An endpoint.
     *
     * @param node the name of its node; empty: it is outside
     * @param addresses at most one of each family
     * @param ports where it answers
     */
    record Pod(String name, String node, Map<IpFamily, IpAddress> addresses, Set<Integer> ports) {}

    /** At least so many nodes, and everybody in the slices. */
    static Cast of(int atLeast, List<EndpointSlice> slices) {
        Set<String> nodes = new LinkedHashSet<>(new TreeSet<>(slices.stream()
                .flatMap(slice -> slice.endpoints().stream())
                .map(Cast::node)
                .filter(name -> !name.isEmpty())
                .toList()));
        for (int i = 1; nodes.size() < atLeast; i++) {
            nodes.add("node" + i);
        }
        return new Cast(List.copyOf(nodes), pods(slices));
    }

    private static String node(Endpoint endpoint) {
        return endpoint.nodeName() == null ? "" : endpoint.nodeName();
    }

    private static List<Pod> pods(List<EndpointSlice> slices) {
        Map<IpAddress, String> names = new HashMap<>();
        SequencedMap<String, Pod> pods = new LinkedHashMap<>();
        for (EndpointSlice slice : slices) {
            for (Endpoint endpoint : slice.endpoints()) {
                Optional<IpAddress> address = endpoint.addresses().stream()
                        .findFirst() // no other is ever used
                        .flatMap(IpAddress::parse);
                address.ifPresent(at -> {
                    free(slice, at);
                    String name = names.computeIfAbsent(at, any -> name(endpoint, at));
                    Pod pod = pods.computeIfAbsent(
                            name, any -> new Pod(name, node(endpoint), new HashMap<>(), new TreeSet<>()));
                    if (!pod.addresses.getOrDefault(at.family(), at).equals(at)) {
                        throw new Failure("slice " + slice.meta().objectName() + ": " + name + " has " + at
                                + ", but elsewhere " + pod.addresses.get(at.family())
                                + "; a pod has one address of a family");
                    }
                    pod.addresses.put(at.family(), at);
                    slice.ports().stream()
                            .map(EndpointPort::port)
                            .filter(port -> port > 0)
                            .forEach(pod.ports::add);
                });
            }
        }
        return new ArrayList<>(pods.values());
    }

    private static String name(Endpoint endpoint, IpAddress address) {
        Endpoint.TargetRef target = endpoint.target();
        return target == null
                ? address.toString()
                : target.namespace().isEmpty() ? target.name() : target.namespace() + "/" + target.name();
    }

    private static void free(EndpointSlice slice, IpAddress address) {
        TAKEN.stream().filter(block -> block.contains(address)).findFirst().ifPresent(block -> {
            throw new Failure("slice " + slice.meta().objectName() + ": the endpoint " + address + " is in " + block
                    + ", where the lab's own hosts are; give it another address, such as 10.244.1.2");
        });
    }
}
