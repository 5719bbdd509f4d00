// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.Difference;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.core.routes.Treatment;
import dev.fairlead.dataplane.layout.Slot;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned step by step, the entries lead every socket they concern where the table says, and concern no other. */
class HookLayoutTest {
    private static final Node NODE =
            Node.from(tree("{metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}"));
    private static final Settings SETTINGS = Settings.DEFAULT.withPodCidrs(List.of(Cidr.of("10.244.0.0/16")));
    private static final IpAddress LISTENER = IpAddress.of("10.96.0.6");
    private static final HookLayout.Options OPTIONS = new HookLayout.Options(Set.of(LISTENER), true);

    private final Map<Key, Value> kernel = new HashMap<>();

    private static Tree tree(String yaml) {
        return new Tree(Yaml.read(yaml).getFirst().fields());
    }

    private static Service service(int number, String spec) {
        return Service.from(tree("{metadata: {namespace: shop, name: s" + number + "}, spec: {type: LoadBalancer,"
                + " clusterIP: 10.96.0." + number + ", clusterIPs: [10.96.0." + number + "],"
                + " ports: [{name: a, port: 80, nodePort: " + (30_000 + number) + "},"
                + " {name: b, port: 53, protocol: UDP}, {name: c, port: 53, protocol: SCTP}]" + spec
                + "}, status: {loadBalancer: {ingress: [{ip: 203.0.113." + number + "}]}}}"));
    }

    private static EndpointSlice slice(int service, List<Integer> endpoints) {
        List<String> texts = new ArrayList<>();
        for (int endpoint : endpoints) {
            texts.add(
                    "{addresses: [10.244." + (endpoint % 2) + "." + endpoint + "], nodeName: n" + (endpoint % 2) + "}");
        }
        return EndpointSlice.from(tree("{metadata: {namespace: shop, name: s" + service
                + ", labels: {kubernetes.io/service-name: s" + service + "}}, addressType: IPv4,"
                + " ports: [{name: a, port: 8080}, {name: b, port: 8053, protocol: UDP},"
                + " {name: c, port: 8053, protocol: SCTP}], endpoints: [" + String.join(", ", texts) + "]}"));
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
                table.with(
                        new Change.SliceRemoved(slice(number, List.of()).meta().objectName()));
            case 4 ->
                table.with(new Change.AddressesPut(
                        List.of(IpAddress.of("192.0.2.1"), IpAddress.of("192.0.2." + (2 + random.nextInt(3))))));
            default -> {
                List<Integer> endpoints = new ArrayList<>();
                for (int i = 1; i < 2 + random.nextInt(19); i++) {
                    if (random.nextInt(3) > 0) {
                        endpoints.add(i);
                    }
                }
                yield table.with(new Change.SlicePut(slice(number, endpoints)));
            }
        };
    }

    private void carryOut(HookLayout.Plan plan) {
        for (Operation operation : plan.operations()) {
            switch (operation) {
                case Operation.Put(Key key, Value value) ->
                    assertThat(kernel.put(key, value))
                            .as("a put that changes nothing: " + key)
                            .isNotEqualTo(value);
                case Operation.Remove(Key key) ->
                    assertThat(kernel.remove(key)).as("not there: " + key).isNotNull();
            }
            assertThat(HookMaps.bytes(operation.key())).isNotEmpty();
        }
    }

    private static HookLayout.Plan next(HookLayout.Plan plan, RouteTable before, RouteTable after) {
        return plan.layout().plan(before, after, Difference.between(before, after));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20261121, 77})
    void everyStepLeadsWhereTheTableSays(long seed) {
        Random random = new Random(seed);
        RouteTable table = RouteTable.empty(NODE, SETTINGS);
        HookLayout.Plan plan = HookLayout.of(table, OPTIONS);
        carryOut(plan);
        for (int i = 0; i < 400; i++) {
            RouteTable after = step(table, random);
            plan = next(plan, table, after);
            table = after;
            carryOut(plan);
            agrees(table, "seed " + seed + ", step " + i);
        }
        RouteTable nothing = RouteTable.empty(NODE, SETTINGS);
        carryOut(next(plan, table, nothing));
        assertThat(kernel).as("the node's address is left").hasSize(1);
    }

    private void agrees(RouteTable table, String what) {
        Set<Key> expected = new HashSet<>();
        for (Entrance entrance : table.entrances()) {
            String which = what + ": " + entrance.frontend();
            Value found = kernel.get(new Key.Door(entrance.frontend()));
            if (!(found instanceof Value.Leads(int pool, int size, int seconds, int whom))) {
                continue;
            }
            expected.add(new Key.Door(entrance.frontend()));
            assertThat(entrance.sourceRanges()).as(which).isEmpty();
            assertThat(entrance.frontend().toString()).as(which).doesNotContain("10.96.0.6:", "sctp");
            assertThat(seconds).as(which).isEqualTo(entrance.route().affinitySeconds());
            assertThat(whom).as(which).isIn(Value.NODE, Value.NODE | Value.PODS);
            Treatment pods = entrance.treatment(Origin.POD, table.settings());
            assertThat(size > 0 && pods.masqueraded() && (whom & Value.PODS) != 0)
                    .as(which)
                    .isFalse();
            Treatment treatment = entrance.treatment(Origin.NODE, table.settings());
            Set<Slot> slots = new HashSet<>();
            for (int i = 0; i < size; i++) {
                expected.add(new Key.Place(pool, i));
                Slot slot = ((Value.To) kernel.get(new Key.Place(pool, i))).endpoint();
                slots.add(slot);
                if (seconds > 0 || entrance.frontend().protocol() == Protocol.UDP) {
                    expected.add(new Key.Live(pool, slot));
                }
            }
            assertThat(slots)
                    .as(which)
                    .isEqualTo(treatment.backends().stream().map(Slot::of).collect(Collectors.toSet()));
            assertThat(size == 0).as(which).isEqualTo(treatment.rejects());
        }
        table.nodePortAddresses().forEach(address -> expected.add(new Key.Own(address)));
        assertThat(kernel.keySet()).as(what + ": nothing is left over").isEqualTo(expected);
    }

    @Test
    void whatIsPlainIsCarriedForEverybody() {
        RouteTable table = RouteTable.empty(NODE, SETTINGS)
                .with(new Change.ServicePut(service(1, "")), new Change.SlicePut(slice(1, List.of(1, 2, 3))));
        carryOut(HookLayout.of(table, OPTIONS));
        assertThat(doors()).isEqualTo("""
                10.96.0.1:53/udp 3 by 3
                10.96.0.1:80/tcp 3 by 3
                203.0.113.1:53/udp 3 by 1
                203.0.113.1:80/tcp 3 by 1
                node.IPv4:30001/tcp 3 by 1
                """);
    }

    @Test
    void nobodyThereRefusesConnectionsOnly() {
        RouteTable table = RouteTable.empty(NODE, SETTINGS).with(new Change.ServicePut(service(1, "")));
        carryOut(HookLayout.of(table, OPTIONS));
        assertThat(doors()).isEqualTo("""
                10.96.0.1:80/tcp 0 by 3
                203.0.113.1:80/tcp 0 by 3
                node.IPv4:30001/tcp 0 by 3
                """);
        kernel.clear();
        carryOut(HookLayout.of(table, new HookLayout.Options(Set.of(), false)));
        assertThat(doors()).isEmpty();
    }

    /** Doors, how large their pools are, and for whom. */
    private String doors() {
        return kernel.entrySet().stream()
                .filter(entry -> entry.getKey() instanceof Key.Door)
                .map(entry -> {
                    Value.Leads leads = (Value.Leads) entry.getValue();
                    return ((Key.Door) entry.getKey()).frontend() + " " + leads.size() + " by " + leads.whom() + "\n";
                })
                .sorted()
                .collect(Collectors.joining());
    }

    @Test
    void oneEndpointMoreIsItsPlaceAndTheDoors() {
        RouteTable two = RouteTable.empty(NODE, SETTINGS)
                .with(new Change.ServicePut(service(1, "")), new Change.SlicePut(slice(1, List.of(1, 2))));
        HookLayout.Plan plan = HookLayout.of(two, OPTIONS);
        RouteTable three = two.with(new Change.SlicePut(slice(1, List.of(1, 2, 3))));
        List<Operation> operations = next(plan, two, three).operations();
        assertThat(operations.stream()
                        .map(operation -> operation.key().getClass().getSimpleName()))
                .as("places before doors")
                .containsExactly("Place", "Place", "Live", "Door", "Door", "Door", "Door", "Door");
        assertThat(next(plan, two, two).operations()).isEmpty();
    }
}
