// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Definitions;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ServiceAllocationTest {
    private static final Definition SERVICE = Definitions.of("", "Service");
    private static final ClusterNetwork DUAL = new ClusterNetwork(
            List.of(Cidr.of("10.96.0.0/24"), Cidr.of("fd00:10:96::/120")), PortRange.NODE_PORTS, List.of());

    /** What is reserved, as the API server's store would know it: a conflict is an error at once. */
    private static final class Reserved implements Taken {
        final Set<IpAddress> addresses = new HashSet<>();
        final Set<Integer> ports = new HashSet<>();

        @Override
        public boolean address(IpAddress address) {
            return addresses.contains(address);
        }

        @Override
        public boolean nodePort(int port) {
            return ports.contains(port);
        }

        void apply(Plan.Accepted plan) {
            plan.release()
                    .forEach(address -> assertThat(addresses.remove(address)).isTrue());
            plan.reserve().forEach(address -> assertThat(addresses.add(address)).isTrue());
            plan.releasePorts().forEach(port -> assertThat(ports.remove(port)).isTrue());
            plan.reservePorts().forEach(port -> assertThat(ports.add(port)).isTrue());
        }
    }

    private final Reserved reserved = new Reserved();
    private final Random random = new Random(7);

    @Test
    void givesAnAddressAndRemembersIt() {
        Map<String, Object> service = accept("{ports: [{port: 80}]}", null);
        String address = spec(service).text("clusterIP", "");
        assertThat(reserved.addresses).containsExactly(IpAddress.of(address));
        assertThat(spec(service).texts("clusterIPs")).containsExactly(address);
        assertThat(SERVICE.validateCreate(service, DUAL)).isEmpty();
    }

    @Test
    void givesNothingToHeadlessAndNamedServices() {
        accept("{clusterIP: None, ports: [{port: 80}]}", null);
        accept("{type: ExternalName, externalName: a, ports: [{port: 80, nodePort: 31000}]}", null);
        assertThat(reserved.addresses).isEmpty();
        assertThat(reserved.ports).isEmpty();
    }

    @Test
    void refusesAnAddressThatIsTakenOrOutside() {
        accept("{clusterIP: 10.96.0.9, ports: [{port: 80}]}", null);
        assertThat(refuse("{clusterIP: 10.96.0.9, ports: [{port: 80}]}", null))
                .containsExactly("spec.clusterIPs: Invalid value: [\"10.96.0.9\"]: failed to allocate IP 10.96.0.9:"
                        + " provided IP is already allocated");
        assertThat(refuse("{clusterIP: 10.97.0.9, ports: [{port: 80}]}", null))
                .containsExactly("spec.clusterIPs: Invalid value: [\"10.97.0.9\"]: failed to allocate IP 10.97.0.9: the"
                        + " provided network does not match the current range; addresses come from 10.96.0.0/24");
        assertThat(refuse("{clusterIP: 10.96.0.0, ports: [{port: 80}]}", null))
                .containsExactly("spec.clusterIPs: Invalid value: [\"10.96.0.0\"]: failed to allocate IP 10.96.0.0: the"
                        + " provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is"
                        + " 10.96.0.0/24");
    }

    @Test
    void reportsAllErrorsBeforeItGivesAnything() {
        assertThat(refuse("{type: NodePort, clusterIP: x, ports: [{port: 70000, name: A, targetPort: 80}]}", null))
                .hasSize(3);
        assertThat(refuse("{ipFamilyPolicy: TripleStack, ports: []}", null)).hasSize(2);
        assertThat(reserved.addresses).isEmpty();
    }

    @Test
    void theSamePortNumberGetsOneNodePortAtCreation() {
        Map<String, Object> dns = accept(
                "{type: NodePort, ports: [{port: 53, name: u, protocol: UDP}, {port: 53, name: t}, {port: 80, name: w}]}",
                null);
        List<Long> ports = nodePorts(dns);
        assertThat(ports.get(0))
                .isEqualTo(ports.get(1))
                .isNotEqualTo(ports.get(2))
                .isGreaterThanOrEqualTo(30086);
        assertThat(reserved.ports).hasSize(2);

        Map<String, Object> asked = accept(
                "{type: NodePort, ports: [{port: 53, name: u, protocol: UDP}, {port: 53, name: t, nodePort: 30053}]}",
                null);
        assertThat(nodePorts(asked)).containsExactly(30053L, 30053L);
    }

    @Test
    void oneNumberForTwoPortsIsRefusedAtCreationAndAllowedLater() {
        String two = "{type: NodePort, ports: [{port: 80, name: t, nodePort: 30093},"
                + " {port: 81, name: u, protocol: UDP, nodePort: 30093}]}";
        assertThat(refuse(two, null))
                .containsExactly("spec.ports[1].nodePort: Invalid value: 30093: provided port is already allocated");
        Map<String, Object> one = accept("{type: NodePort, ports: [{port: 80, name: t, nodePort: 30093}]}", null);
        accept(two, one);
        assertThat(reserved.ports).containsExactly(30093);
    }

    @Test
    void refusesNodePortsOutsideTheRange() {
        assertThat(refuse("{type: NodePort, ports: [{port: 80, nodePort: 80}]}", null))
                .containsExactly(
                        "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The"
                                + " range of valid ports is 30000-32767");
    }

    @Test
    void updatesGiveNewNumbersAndReleaseOldOnes() {
        Map<String, Object> stored = accept("{type: NodePort, ports: [{port: 80, name: a, nodePort: 31000}]}", null);
        Map<String, Object> kept =
                accept("{type: NodePort, ports: [{port: 80, name: a}, {port: 81, name: b}]}", stored);
        assertThat(nodePorts(kept).getFirst()).isEqualTo(31000);
        assertThat(reserved.ports).hasSize(2);
        Map<String, Object> internal = accept("{ports: [{port: 80, name: a}]}", kept);
        assertThat(reserved.ports).isEmpty();
        assertThat(reserved.addresses).hasSize(1);
        accept("{type: ExternalName, externalName: x, ports: [{port: 80}]}", internal);
        assertThat(reserved.addresses).isEmpty();
    }

    @Test
    void upgradesAndDowngradesFamilies() {
        Map<String, Object> single = accept("{ports: [{port: 80}]}", null);
        Map<String, Object> dual = accept("{ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]}", single);
        assertThat(spec(dual).texts("clusterIPs")).hasSize(2);
        assertThat(reserved.addresses).hasSize(2);
        Map<String, Object> again = accept("{ipFamilyPolicy: SingleStack, ports: [{port: 80}]}", dual);
        assertThat(spec(again).texts("clusterIPs")).isEqualTo(spec(single).texts("clusterIPs"));
        assertThat(reserved.addresses).hasSize(1);
    }

    @Test
    void balancersGetAHealthCheckPortAndMayGoWithoutNodePorts() {
        Map<String, Object> service = accept(
                "{type: LoadBalancer, externalTrafficPolicy: Local, allocateLoadBalancerNodePorts: false,"
                        + " ports: [{port: 80}]}",
                null);
        assertThat(nodePorts(service)).containsExactly(0L);
        assertThat(reserved.ports).containsExactly(spec(service).number("healthCheckNodePort"));
        assertThat(SERVICE.validateCreate(service, DUAL)).isEmpty();
        accept("{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}", service);
        assertThat(reserved.ports).isEmpty();
    }

    @Test
    void saysWhatRanOut() {
        ClusterNetwork tiny =
                new ClusterNetwork(List.of(Cidr.of("10.0.0.0/31")), new PortRange(30000, 30000), List.of());
        assertThat(plan("{ports: [{port: 80}]}", null, tiny))
                .isEqualTo(new Plan.Exhausted("failed to allocate a serviceIP: range is full"));
        reserved.ports.add(30000);
        ClusterNetwork few =
                new ClusterNetwork(List.of(Cidr.of("10.0.0.0/24")), new PortRange(30000, 30000), List.of());
        assertThat(plan("{type: NodePort, ports: [{port: 80}]}", null, few))
                .isEqualTo(new Plan.Exhausted("failed to allocate a nodePort: range is full"));
    }

    /** Random creates, updates and deletes: what is reserved is always exactly what the stored Services hold. */
    @RepeatedTest(10)
    void reservationsAreWhatServicesHold() {
        long seed = new Random().nextLong();
        Random operations = new Random(seed);
        Map<Integer, Map<String, Object>> stored = new HashMap<>();
        for (int step = 0; step < 400; step++) {
            int name = operations.nextInt(40);
            Map<String, Object> old = stored.get(name);
            if (old != null && operations.nextInt(5) == 0) {
                reserved.apply(ServiceAllocation.release(old));
                stored.remove(name);
            } else if (plan(anySpec(operations), old, DUAL) instanceof Plan.Accepted accepted) {
                reserved.apply(accepted);
                stored.put(name, accepted.service());
            }
            List<IpAddress> addresses = new ArrayList<>();
            Set<Integer> ports = new HashSet<>();
            stored.values().forEach(service -> {
                Plan.Accepted held = ServiceAllocation.release(service);
                addresses.addAll(held.release());
                held.releasePorts()
                        .forEach(port ->
                                assertThat(ports.add(port)).as("seed %d", seed).isTrue());
            });
            assertThat(reserved.addresses)
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyInAnyOrderElementsOf(addresses);
            assertThat(reserved.ports).as("seed %d, step %d", seed, step).isEqualTo(ports);
        }
        assertThat(stored).as("seed %d", seed).isNotEmpty();
    }

    private static String anySpec(Random random) {
        String type = List.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName, externalName: a")
                .get(random.nextInt(4));
        String address = List.of("", ", clusterIP: None", ", clusterIP: 10.96.0." + random.nextInt(256))
                .get(random.nextInt(6) / 4 + random.nextInt(2));
        String policy = List.of("", ", ipFamilyPolicy: SingleStack", ", ipFamilyPolicy: PreferDualStack")
                .get(random.nextInt(3));
        String local = type.equals("LoadBalancer") && random.nextBoolean() ? ", externalTrafficPolicy: Local" : "";
        String nodePort = random.nextInt(3) == 0 ? ", nodePort: " + (30000 + random.nextInt(20)) : "";
        String second = random.nextBoolean() ? ", {port: 53, name: b, protocol: UDP}" : "";
        return "{type: " + type + address + policy + local + ", ports: [{port: 53, name: a" + nodePort + "}" + second
                + "]}";
    }

    private Map<String, Object> accept(String spec, Map<String, Object> old) {
        Plan plan = plan(spec, old, DUAL);
        assertThat(plan).isInstanceOf(Plan.Accepted.class);
        Plan.Accepted accepted = (Plan.Accepted) plan;
        reserved.apply(accepted);
        return accepted.service();
    }

    private List<String> refuse(String spec, Map<String, Object> old) {
        Plan plan = plan(spec, old, DUAL);
        assertThat(plan).isInstanceOf(Plan.Refused.class);
        return ((Plan.Refused) plan).errors().stream().map(Invalid::toString).toList();
    }

    private Plan plan(String spec, Map<String, Object> old, ClusterNetwork network) {
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("metadata", Flow.of("{name: web, namespace: shop}"));
        service.put("spec", Flow.of(spec));
        Map<String, Object> defaulted = SERVICE.defaulted(service);
        Map<String, Object> prepared = old == null ? SERVICE.forCreate(defaulted) : SERVICE.forUpdate(defaulted, old);
        return new ServiceAllocation(network, new ClusterIpBlocks(network.serviceCidrs(), false), reserved, random)
                .plan(prepared, old);
    }

    private static Tree spec(Map<String, Object> service) {
        return new Tree(service).tree("spec");
    }

    private static List<Long> nodePorts(Map<String, Object> service) {
        return spec(service).trees("ports").stream()
                .map(port -> port.whole("nodePort", 0))
                .toList();
    }
}
