// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned step by step, the elements send every packet where the table says. */
class LayoutTest {
    private static final int MASQUERADE = 1 << 14;
    private static final Node NODE =
            Node.from(tree("{metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}"));
    private static final Settings SETTINGS = Settings.DEFAULT.withPodCidrs(List.of(Cidr.of("10.244.0.0/16")));

    private static Tree tree(String yaml) {
        return new Tree(Yaml.read(yaml).getFirst().fields());
    }

    private static Service service(int number, String spec) {
        return Service.from(tree("{metadata: {namespace: shop, name: s" + number + "}, spec: {type: LoadBalancer,"
                + " clusterIP: 10.96.0." + number + ", clusterIPs: [10.96.0." + number + "],"
                + " ports: [{port: 80, nodePort: " + (30_000 + number) + "}]" + spec
                + "}, status: {loadBalancer: {ingress: [{ip: 203.0.113." + number + "}]}}}"));
    }

    private static EndpointSlice slice(int service, List<Integer> endpoints, Random random) {
        List<String> texts = new ArrayList<>();
        for (int endpoint : endpoints) {
            texts.add("{addresses: [10.244." + (endpoint % 2) + "." + endpoint + "], nodeName: n" + (endpoint % 2)
                    + ", conditions: {ready: " + (random.nextInt(8) > 0) + "}}");
        }
        return EndpointSlice.from(tree("{metadata: {namespace: shop, name: s" + service
                + ", labels: {kubernetes.io/service-name: s" + service + "}}, addressType: IPv4,"
                + " ports: [{port: 8080}], endpoints: [" + String.join(", ", texts) + "]}"));
    }

    private static RouteTable step(RouteTable table, Random random) {
        int number = 1 + random.nextInt(6);
        String policy = random.nextBoolean() ? "Local" : "Cluster";
        return switch (random.nextInt(8)) {
            case 0 -> table.with(new Change.ServiceRemoved(service(number, "").name()));
            case 1, 2 ->
                table.with(new Change.ServicePut(service(
                        number,
                        ", externalTrafficPolicy: " + policy
                                + (random.nextBoolean() ? ", internalTrafficPolicy: Local" : "")
                                + (random.nextInt(3) == 0 ? ", sessionAffinity: ClientIP" : "")
                                // two Services may claim one address
                                + (random.nextInt(3) == 0 ? ", externalIPs: [198.51.100.7]" : "")
                                + (random.nextInt(3) == 0 ? ", loadBalancerSourceRanges: [10.0.0.0/8]" : ""))));
            case 3 ->
                table.with(new Change.SliceRemoved(
                        slice(number, List.of(), random).meta().objectName()));
            default -> {
                List<Integer> endpoints = new ArrayList<>();
                for (int i = 1; i < 2 + random.nextInt(19); i++) {
                    if (random.nextInt(3) > 0) {
                        endpoints.add(i);
                    }
                }
                yield table.with(new Change.SlicePut(slice(number, endpoints, random)));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20261121, 77})
    void everyStepLeadsWhereTheTableSays(long seed) {
        Random random = new Random(seed);
        RouteTable table = RouteTable.empty(NODE, SETTINGS);
        FakeKernel kernel = new FakeKernel();
        Layout.Plan plan = Layout.of(table, MASQUERADE);
        kernel.carryOut(plan);
        for (int i = 0; i < 400; i++) {
            RouteTable next = step(table, random);
            plan = next(plan, table, next);
            table = next;
            kernel.carryOut(plan);
            kernel.agrees(table, MASQUERADE, "seed " + seed + ", step " + i);
        }
        RouteTable nothing = RouteTable.empty(NODE, SETTINGS);
        kernel.carryOut(next(plan, table, nothing));
        assertThat(kernel.size()).as("one address of the node is left").isEqualTo(1);
    }

    private static Layout.Plan next(Layout.Plan plan, RouteTable before, RouteTable after) {
        return plan.layout().plan(before, after, Difference.between(before, after));
    }

    @Test
    void oneEndpointMoreIsOneElementWithinAClass() {
        Random ready = new Random(1) {
            @Override
            public int nextInt(int bound) {
                return bound - 1;
            }
        };
        RouteTable five = RouteTable.empty(NODE, SETTINGS)
                .with(
                        new Change.ServicePut(service(1, "")),
                        new Change.SlicePut(slice(1, List.of(1, 2, 3, 4, 5), ready)));
        RouteTable six = five.with(new Change.SlicePut(slice(1, List.of(1, 2, 3, 4, 5, 6), ready)));
        Layout.Plan plan = Layout.of(five, MASQUERADE);
        assertThat(next(plan, five, six).operations()).hasSize(1);
        assertThat(next(plan, five, five).operations()).isEmpty();
    }

    @Test
    void whoStaysKeepsItsSlot() {
        List<Slot> slots = List.of(slot(1), slot(2), slot(3), slot(4));
        assertThat(Slot.moved(slots, List.of())).isEmpty();
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            List<Slot> before = slots;
            List<Integer> wanted = new ArrayList<>();
            for (int n = 1; n < 30; n++) {
                if (random.nextInt(3) == 0) {
                    wanted.add(n);
                }
            }
            slots = Slot.moved(before, wanted.stream().map(LayoutTest::backend).toList());
            assertThat(slots).doesNotHaveDuplicates().hasSize(wanted.size());
            assertThat(slots.stream().map(Slot::port).sorted().toList()).isEqualTo(wanted);
            int moved = 0;
            for (int at = 0; at < Math.min(before.size(), slots.size()); at++) {
                Slot was = before.get(at);
                if (slots.contains(was) && !slots.get(at).equals(was)) {
                    moved++;
                }
            }
            assertThat(moved).as("only the end moves down").isZero();
        }
    }

    private static Slot slot(int port) {
        return new Slot(dev.fairlead.core.definition.IpAddress.of("10.244.0.1"), port);
    }

    private static dev.fairlead.core.routes.Backend backend(int port) {
        return new dev.fairlead.core.routes.Backend(
                dev.fairlead.core.definition.IpAddress.of("10.244.0.1"), port, "n1", true, true, true, false, null);
    }
}
