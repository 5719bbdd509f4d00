// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookupTest {
    private final NameTable table = new NameTable(new FakeTime(Instant.EPOCH));
    private final Lookup lookup = new Lookup(new ZoneAnswers(ZoneSettings.of(DnsName.of("cluster.local")), table));

    @BeforeEach
    void fill() {
        table.putNamespace("shop");
        table.putNamespace("other");
        put("shop", "web", Map.of("clusterIP", "10.96.0.5", "clusterIPs", List.of("10.96.0.5", "fd00::5")));
        put("shop", "db", Map.of("clusterIP", "None"));
        put("other", "cache", Map.of("clusterIP", "10.96.0.6"));
        put("other", "away", Map.of("type", "ExternalName", "externalName", "example.org"));
        put("other", "self", Map.of("type", "ExternalName", "externalName", "self.other.svc.cluster.local"));
        table.markSynced();
    }

    private void put(String namespace, String name, Map<String, Object> spec) {
        table.put(
                Service.from(new Tree(Map.of("metadata", Map.of("namespace", namespace, "name", name), "spec", spec))),
                List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        web               | FOUND 10.96.0.5, fd00::5
        web.shop          | MISSING / FOUND 10.96.0.5, fd00::5
        cache             | MISSING there is no such Service in this namespace; there is one in other: look up cache.other / MISSING / MISSING / OTHERS
        cache.other       | MISSING / FOUND 10.96.0.6
        cache.other.      | OTHERS
        db                | MISSING the Service is headless and none of its endpoints is ready / MISSING / MISSING / OTHERS
        away.other        | MISSING / FOUND alias of example.org., other resolvers are asked for example.org.
        self.other        | MISSING / EMPTY the name is there, without an address
        web.shop.svc.cluster.local. | FOUND 10.96.0.5, fd00::5
        web.missing.svc.cluster.local. | MISSING there is no such namespace; there is one in shop: look up web.shop
        a.b.c.d.e.f       | OTHERS
        example.org       | MISSING / MISSING / MISSING / OTHERS
        """)
    void tellsTheWayOfAName(String name, String way) {
        List<Lookup.Step> steps = lookup.of(name, Optional.of("shop"));
        String[] expected = way.split(" / ");
        assertThat(steps).as(steps.toString()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            String[] words = expected[i].split(" ", 2);
            assertThat(steps.get(i).outcome()).as(steps.toString()).hasToString(words[0]);
            if (words.length > 1) {
                assertThat(steps.get(i).told()).isEqualTo(words[1]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"web, OTHERS", "web.shop.svc.cluster.local, FOUND"})
    void withoutASearchPathANameIsTakenAsItIs(String name, String outcome) {
        assertThat(lookup.of(name, Optional.empty()).stream()
                        .map(step -> step.outcome().name())
                        .collect(Collectors.joining()))
                .isEqualTo(outcome);
    }
}
