// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.dns.prepared.PreparedTwin;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random Services and slices come, change and go; after each step every name has the answer of the naive reference. */
class ZoneModelTest {
    private static final List<String> TYPES = List.of("A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "MX");
    private static final List<String> NAMESPACES = List.of("a", "b", "svc");
    private static final List<String> NAMES = List.of("x", "y", "z", "pod", "svc");
    private static final int STEPS = 40;

    private final NameTable table = new NameTable(new FakeTime(Instant.EPOCH));
    private final ZoneAnswers zone = new ZoneAnswers(ZoneSettings.of(DnsName.of("cluster.local")), table);
    private final PreparedTwin twin = new PreparedTwin(zone);
    private final Map<ObjectName, Service> services = new TreeMap<>();
    private final Map<ObjectName, List<EndpointSlice>> slices = new TreeMap<>();
    private final Set<String> namespaces = new TreeSet<>();
    private final Set<String> everNamed = new TreeSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyAnswerIsThatOfTheReference(long seed) {
        Random random = new Random(seed);
        table.markSynced();
        for (int step = 0; step < STEPS; step++) {
            change(random);
            Map<Service, List<EndpointSlice>> all = new LinkedHashMap<>();
            services.forEach((name, service) -> all.put(service, slices.get(name)));
            NaiveZone reference = new NaiveZone(namespaces, all);
            everNamed.addAll(reference.names());
            for (String name : everNamed) {
                compare(reference, name, seed, step);
                compare(reference, "x." + name, seed, step);
                for (String type : TYPES) {
                    twin.check(name, RecordText.type(type), random);
                }
            }
            assertThat(transferred()).as("seed %d, step %d", seed, step).isEqualTo(reference.all());
        }
        assertThat(twin.given()).as("answers given again").isGreaterThan(1000);
    }

    private void compare(NaiveZone reference, String name, long seed, int step) {
        for (String type : TYPES) {
            String expected = reference.answer(name, type);
            if (name.endsWith(".arpa") && expected.startsWith("NXDOMAIN")) {
                expected = "others'";
            }
            assertThat(answer(name, type))
                    .as("%s %s, seed %d, step %d", name, type, seed, step)
                    .isEqualTo(expected);
        }
    }

    private Set<String> transferred() {
        Set<String> records = new TreeSet<>();
        List<ResourceRecord> all = new ArrayList<>();
        zone.transfer(DnsName.of("cluster.local")).orElseThrow().forEachRemaining(all::add);
        assertThat(all.getFirst()).isEqualTo(all.getLast());
        assertThat(all.getFirst().type()).isEqualTo(RecordType.SOA);
        for (ResourceRecord record : all.subList(1, all.size() - 1)) {
            assertThat(records.add(record.name() + " " + RecordText.of(record)))
                    .as("no record twice: " + record)
                    .isTrue();
        }
        return records;
    }

    private String answer(String name, String type) {
        Optional<ZoneAnswers.Partial> found = zone.answer(DnsName.of(name), RecordText.type(type));
        if (found.isEmpty()) {
            return "others'";
        }
        Answer answer = found.get().answer();
        boolean negative = answer.answers().isEmpty() && !answer.rcode().name().equals("SERVFAIL");
        assertThat(answer.authority()).as(name + " " + type).hasSize(negative ? 1 : 0);
        if (negative) {
            assertThat(answer.authority().getFirst().type()).isEqualTo(RecordType.SOA);
        }
        Set<String> records = new TreeSet<>();
        answer.answers().forEach(record -> records.add(RecordText.of(record)));
        assertThat(answer.answers()).as("no record twice").hasSameSizeAs(records);
        return answer.rcode() + " " + records
                + found.get().unresolved().map(target -> " + " + target).orElse("");
    }

    private void change(Random random) {
        if (random.nextInt(6) == 0) {
            String namespace = pick(random, NAMESPACES);
            if (namespaces.remove(namespace)) {
                table.removeNamespace(namespace);
            } else {
                namespaces.add(namespace);
                table.putNamespace(namespace);
            }
            return;
        }
        ObjectName name = new ObjectName(pick(random, NAMESPACES), pick(random, NAMES));
        if (services.containsKey(name) && random.nextInt(3) == 0) {
            services.remove(name);
            slices.remove(name);
            table.remove(name);
            return;
        }
        Service service = service(random, name);
        services.put(name, service);
        List<EndpointSlice> its = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            its.add(slice(random, name, i));
        }
        slices.put(name, its);
        table.put(service, its);
    }

    private static Service service(Random random, ObjectName name) {
        Map<String, Object> spec = new LinkedHashMap<>();
        switch (random.nextInt(4)) {
            case 0 -> {
                spec.put("type", "ExternalName");
                spec.put(
                        "externalName",
                        switch (random.nextInt(4)) {
                            case 0 -> "example.org";
                            case 1 -> "1.2.3.4";
                            default -> pick(random, NAMES) + "." + pick(random, NAMESPACES) + ".svc.cluster.local";
                        });
            }
            case 1 -> spec.put("clusterIP", "None");
            default -> {
                // of the Service alone, as the API sees to
                int own = NAMESPACES.indexOf(name.namespace()) * NAMES.size() + NAMES.indexOf(name.name());
                List<String> both = List.of("10.96.0." + own, "fd00:96::" + Integer.toHexString(own + 1));
                List<String> given = random.nextBoolean() ? both : List.of(both.get(random.nextInt(2)));
                spec.put("clusterIP", given.getFirst());
                spec.put("clusterIPs", given);
            }
        }
        spec.put("ports", ports(random));
        return Service.from(
                new Tree(Map.of("metadata", Map.of("namespace", name.namespace(), "name", name.name()), "spec", spec)));
    }

    private static List<Object> ports(Random random) {
        List<Object> ports = new ArrayList<>();
        for (String port : List.of("http", "dns", "")) {
            if (random.nextBoolean()) {
                String protocol = random.nextBoolean() ? "TCP" : "UDP";
                ports.add(Map.of("name", port, "port", 1L + random.nextInt(3), "protocol", protocol));
            }
        }
        return ports;
    }

    private static EndpointSlice slice(Random random, ObjectName service, int number) {
        boolean four = random.nextBoolean();
        List<Object> endpoints = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            int host = random.nextInt(6);
            Map<String, Object> endpoint = new LinkedHashMap<>();
            String address = four ? "10.244.0." + host : host == 0 ? "fd00:244::" : "fd00:244::" + host;
            endpoint.put("addresses", List.of(address));
            endpoint.put("conditions", random.nextInt(4) == 0 ? Map.of("ready", false) : Map.of());
            if (random.nextInt(3) == 0) {
                endpoint.put("hostname", "host-" + random.nextInt(2));
            }
            endpoints.add(endpoint);
        }
        return EndpointSlice.from(new Tree(Map.of(
                "metadata",
                Map.of("namespace", service.namespace(), "name", service.name() + "-" + number),
                "addressType",
                four ? "IPv4" : "IPv6",
                "ports",
                ports(random),
                "endpoints",
                endpoints)));
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** The reference itself, where it could be wrong unseen. */
    @Test
    void reverseNamesAreWrittenFromTheEnd() {
        assertThat(NaiveZone.reverse(IpAddress.of("10.96.0.5"))).isEqualTo("5.0.96.10.in-addr.arpa");
        assertThat(NaiveZone.reverse(IpAddress.of("fd00::7")))
                .startsWith("7.0.0.")
                .endsWith(".0.d.f.ip6.arpa");
    }
}
