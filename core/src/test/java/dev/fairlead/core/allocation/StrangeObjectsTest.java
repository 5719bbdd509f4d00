// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Definition;
import dev.fairlead.core.definition.Definitions;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever somebody sends: the rules answer with errors, never with an exception, and change nothing they were given. */
class StrangeObjectsTest {
    private static final ClusterNetwork NETWORK = ClusterNetwork.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00::/112"));
    private static final Taken NOTHING = new Taken() {
        @Override
        public boolean address(IpAddress address) {
            return false;
        }

        @Override
        public boolean nodePort(int port) {
            return false;
        }
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | Service | {spec: {type: LoadBalancer, externalTrafficPolicy: Local, clusterIP: 10.96.0.9, clusterIPs:"
                        + " [10.96.0.9], ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, selector: {a: b},"
                        + " sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}},"
                        + " externalIPs: [192.0.2.1], loadBalancerSourceRanges: [10.0.0.0/8], ports: [{name: a, port: 80,"
                        + " targetPort: web, nodePort: 30080}]}, status: {loadBalancer: {ingress: [{ip: 192.0.2.7}]}}}",
                " | Endpoints | {subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}",
                " | Pod | {spec: {containers: [{name: a, image: b, ports: [{containerPort: 80}], env: [{name: A, value: b}],"
                        + " resources: {limits: {cpu: 1}}, readinessProbe: {httpGet: {port: 80}}, volumeMounts: [{name: v,"
                        + " mountPath: /v}]}], volumes: [{name: v, emptyDir: {}}], tolerations: [{key: a}]}}",
                " | Namespace | {spec: {finalizers: [kubernetes]}}",
                " | Node | {spec: {podCIDRs: [10.0.0.0/24], taints: [{key: a, effect: NoSchedule}]}}",
                " | Secret | {stringData: {a: b}, data: {c: d}}",
                "apps | Deployment | {spec: {replicas: 3, selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator:"
                        + " In, values: [b]}]}, strategy: {rollingUpdate: {maxSurge: 1}}, template: {metadata: {labels: {a: b}},"
                        + " spec: {containers: [{name: a, image: b}]}}}, status: {replicas: 1}}",
                "discovery.k8s.io | EndpointSlice | {addressType: IPv4, endpoints: [{addresses: [10.0.0.1], hints: {forZones:"
                        + " [{name: a}]}}], ports: [{name: a, port: 80}]}",
                "coordination.k8s.io | Lease | {spec: {leaseDurationSeconds: 5, leaseTransitions: 1}}"
            })
    void areAnsweredWithErrors(String group, String kind, String text) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Definition definition = Definitions.of(group == null ? "" : group, kind);
        Map<String, Object> good = Flow.of(text);
        good.put("metadata", Flow.of("{name: a, namespace: b, labels: {c: d}, ownerReferences: [{kind: e}]}"));
        for (int i = 0; i < 600; i++) {
            Map<String, Object> one = strange(good, random);
            Map<String, Object> two = strange(good, random);
            String before = one + " / " + two;
            assertThatCode(() -> everything(definition, kind, one, two, random))
                    .as("seed %d: %s", seed, before)
                    .doesNotThrowAnyException();
            assertThat(one + " / " + two).as("seed %d", seed).isEqualTo(before);
        }
    }

    private static void everything(
            Definition definition, String kind, Map<String, Object> one, Map<String, Object> two, Random random) {
        Map<String, Object> created = definition.forCreate(definition.defaulted(one));
        Map<String, Object> again = definition.defaulted(created);
        assertThat(definition.defaulted(again)).isEqualTo(again);
        definition
                .validateCreate(created, NETWORK)
                .forEach(error -> assertThat(error.toString()).isNotEmpty());
        Map<String, Object> updated = definition.forUpdate(definition.defaulted(two), created);
        definition.validateUpdate(updated, created, NETWORK);
        definition.validateStatus(definition.forStatus(two, created), created, NETWORK);
        definition.warnings(updated, created);
        if (kind.equals("Service")) {
            Map<String, Object> stored = created;
            ServiceAllocation allocation = new ServiceAllocation(
                    NETWORK, new ClusterIpBlocks(NETWORK.serviceCidrs(), random.nextBoolean()), NOTHING, random);
            if (allocation.plan(created, null) instanceof Plan.Accepted accepted) {
                stored = accepted.service();
                assertThat(definition.validateCreate(stored, NETWORK)).isEmpty();
            }
            allocation.plan(definition.forUpdate(definition.defaulted(two), stored), stored);
            ServiceAllocation.release(stored);
        }
    }

    /** A copy with up to two places changed to something else or gone. */
    @SuppressWarnings("unchecked") // the copy of an object is an object
    private static Map<String, Object> strange(Map<String, Object> good, Random random) {
        Object copy = mutate(good, random, 0.04);
        return (Map<String, Object>) copy;
    }

    private static Object mutate(Object value, Random random, double rate) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> {
                if (random.nextDouble() > rate) {
                    copy.put(
                            key.toString(), random.nextDouble() < rate ? anything(random) : mutate(item, random, rate));
                }
            });
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(item -> {
                for (int times = random.nextDouble() < rate ? random.nextInt(3) : 1; times > 0; times--) {
                    copy.add(random.nextDouble() < rate ? anything(random) : mutate(item, random, rate));
                }
            });
            return copy;
        }
        return value;
    }

    private static Object anything(Random random) {
        return switch (random.nextInt(11)) {
            case 0 -> "";
            case 1 -> "None";
            case 2 -> 0L;
            case 3 -> -5L;
            case 4 -> Long.MAX_VALUE;
            case 5 -> 1.5;
            case 6 -> true;
            case 7 -> new ArrayList<>(List.of("x", 7L));
            case 8 -> new LinkedHashMap<>(Map.of("a", "b"));
            case 9 -> "ExternalName";
            default -> "fd00::9";
        };
    }
}
