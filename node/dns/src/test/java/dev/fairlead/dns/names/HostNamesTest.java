// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {
    private static final DnsName ZONE = DnsName.of("shop.example");

    private final NameTable table = new NameTable(new FakeTime(Instant.EPOCH));
    private final ZoneAnswers zone =
            new ZoneAnswers(ZoneSettings.of(DnsName.of("cluster.local")).withExternal(ZONE), table);

    @BeforeEach
    void fill() {
        table.putNamespace("blue");
        put("one", List.of("www.shop.example", "deep.down.shop.example"), List.of("192.0.2.1", "2001:db8::1"), "");
        put("two", List.of("www.shop.example", "*.any.shop.example"), List.of("192.0.2.2", "192.0.2.1"), "");
        put("three", List.of("far.shop.example"), List.of(), "lb.example.org");
        put("four", List.of("nowhere.shop.example"), List.of(), "");
        put("five", List.of("www.elsewhere.example"), List.of("192.0.2.5"), "");
        table.markSynced();
    }

    private void put(String name, List<String> hosts, List<String> addresses, String alias) {
        table.hosts()
                .put(
                        new ObjectName("blue", name),
                        new HostNames.Served(
                                hosts.stream().map(DnsName::of).toList(),
                                addresses.stream().map(IpAddress::of).toList(),
                                alias));
    }

    private String answer(String name, String type) {
        return zone.answer(DnsName.of(name), RecordText.type(type))
                .map(partial -> partial.answer().rcode() + " "
                        + partial.answer().answers().stream()
                                .map(RecordText::of)
                                .toList())
                .orElse("others'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            www.shop.example       | A    | NOERROR [A 192.0.2.1, A 192.0.2.2]
            WWW.shop.example       | AAAA | NOERROR [AAAA 2001:db8::1]
            www.shop.example       | MX   | NOERROR []
            deep.down.shop.example | A    | NOERROR [A 192.0.2.1]
            down.shop.example      | A    | NOERROR []
            x.any.shop.example     | A    | NOERROR [A 192.0.2.2, A 192.0.2.1]
            x.y.any.shop.example   | A    | NXDOMAIN []
            any.shop.example       | A    | NOERROR []
            far.shop.example       | A    | NOERROR [CNAME lb.example.org.]
            far.shop.example       | CNAME | NOERROR [CNAME lb.example.org.]
            nowhere.shop.example   | A    | NXDOMAIN []
            web.blue.shop.example  | A    | NXDOMAIN []
            blue.shop.example      | A    | NOERROR []
            www.elsewhere.example  | A    | others'
            """)
    void hostsAreServedWhereTheirIngressesAre(String name, String type, String expected) {
        assertThat(answer(name, type)).isEqualTo(expected);
    }

    @Test
    void theyComeAndGoWithTheirIngresses() {
        long before = table.version(1);
        table.hosts().remove(new ObjectName("blue", "two"));
        assertThat(table.version(1)).as("prepared answers are outdated").isGreaterThan(before);
        assertThat(answer("www.shop.example", "A")).isEqualTo("NOERROR [A 192.0.2.1]");
        assertThat(answer("x.any.shop.example", "A")).startsWith("NXDOMAIN");
        put("one", List.of("new.shop.example"), List.of("192.0.2.9"), "");
        assertThat(answer("new.shop.example", "A")).isEqualTo("NOERROR [A 192.0.2.9]");
        assertThat(answer("www.shop.example", "A")).startsWith("NXDOMAIN");
    }

    @Test
    void aTransferTellsThemAll() {
        List<ResourceRecord> all = new ArrayList<>();
        zone.transfer(ZONE).orElseThrow().forEachRemaining(all::add);
        Stream<String> names =
                all.stream().map(record -> record.name().toString()).distinct();
        assertThat(names)
                .contains("www.shop.example.", "*.any.shop.example.", "far.shop.example.")
                .doesNotContain("www.elsewhere.example.", "nowhere.shop.example.");
    }
}
