// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneAnswersTest {
    private static final Map<String, Integer> TYPES = Map.of(
            "A",
            RecordType.A,
            "AAAA",
            RecordType.AAAA,
            "SRV",
            RecordType.SRV,
            "PTR",
            RecordType.PTR,
            "CNAME",
            RecordType.CNAME,
            "TXT",
            RecordType.TXT,
            "SOA",
            RecordType.SOA,
            "NS",
            RecordType.NS,
            "MX",
            15);

    private final NameTable table = new NameTable();
    private final ZoneAnswers zone = new ZoneAnswers(DnsName.of("cluster.local"), 30, table);

    @BeforeEach
    void fill() {
        table.putNamespace("shop");
        table.putNamespace("empty");
        Map<String, Object> http = Map.of("name", "http", "port", 80L, "protocol", "TCP");
        Map<String, Object> unnamed = Map.of("name", "", "port", 53L, "protocol", "UDP");
        put(
                "web",
                Map.of(
                        "clusterIP",
                        "10.96.0.5",
                        "clusterIPs",
                        List.of("10.96.0.5", "fd00:10:96::5"),
                        "ports",
                        List.of(http)));
        put("plain", Map.of("clusterIP", "10.96.0.6", "ports", List.of(unnamed)));
        put(
                "db",
                Map.of("clusterIP", "None", "ports", List.of(http)),
                endpoint("10.244.0.7", true, "db-0"),
                endpoint("10.244.0.8", true, null),
                endpoint("10.244.0.9", false, "db-2"));
        put("nobody", Map.of("clusterIP", "None", "ports", List.of(http)), endpoint("10.244.0.10", false, null));
        put("away", Map.of("type", "ExternalName", "externalName", "example.org."));
        put("near", Map.of("type", "ExternalName", "externalName", "web.shop.svc.cluster.local"));
        put("self", Map.of("type", "ExternalName", "externalName", "self.shop.svc.cluster.local"));
        put("address", Map.of("type", "ExternalName", "externalName", "1.2.3.4"));
        put("circle", Map.of("type", "ExternalName", "externalName", "circle2.shop.svc.cluster.local"));
        put("circle2", Map.of("type", "ExternalName", "externalName", "circle.shop.svc.cluster.local"));
        table.markSynced();
    }

    /** Specification 1.1.0 and what CoreDNS adds: question, then code, then records; + marks a name for others to resolve. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        web.shop.svc.cluster.local         | A     | NOERROR  | A 10.96.0.5
        web.shop.svc.cluster.local         | AAAA  | NOERROR  | AAAA fd00:10:96::5
        WEB.Shop.SVC.cluster.LOCAL         | A     | NOERROR  | A 10.96.0.5
        web.shop.svc.cluster.local         | MX    | NOERROR  |
        web.shop.svc.cluster.local         | SRV   | NOERROR  | SRV 0 100 80 web.shop.svc.cluster.local.
        plain.shop.svc.cluster.local       | AAAA  | NOERROR  |
        plain.shop.svc.cluster.local       | SRV   | NOERROR  | SRV 0 100 53 plain.shop.svc.cluster.local.
        _http._tcp.web.shop.svc.cluster.local | SRV | NOERROR | SRV 0 100 80 web.shop.svc.cluster.local.
        http.tcp.web.shop.svc.cluster.local   | SRV | NOERROR | SRV 0 100 80 web.shop.svc.cluster.local.
        _http._udp.web.shop.svc.cluster.local | SRV | NXDOMAIN |
        _http._tcp.web.shop.svc.cluster.local | A   | NOERROR |
        a._http._tcp.web.shop.svc.cluster.local | SRV | NXDOMAIN |
        db.shop.svc.cluster.local          | A     | NOERROR  | A 10.244.0.7, A 10.244.0.8
        db-0.db.shop.svc.cluster.local     | A     | NOERROR  | A 10.244.0.7
        10-244-0-8.db.shop.svc.cluster.local | A   | NOERROR  | A 10.244.0.8
        db-2.db.shop.svc.cluster.local     | A     | NXDOMAIN |
        _http._tcp.db.shop.svc.cluster.local | SRV | NOERROR  | SRV 0 50 8080 db-0.db.shop.svc.cluster.local., SRV 0 50 8080 10-244-0-8.db.shop.svc.cluster.local.
        nobody.shop.svc.cluster.local      | A     | NXDOMAIN |
        missing.shop.svc.cluster.local     | A     | NXDOMAIN |
        web.elsewhere.svc.cluster.local    | A     | NXDOMAIN |
        shop.svc.cluster.local             | A     | NOERROR  |
        elsewhere.svc.cluster.local        | A     | NXDOMAIN |
        svc.cluster.local                  | A     | NOERROR  |
        cluster.local                      | A     | NOERROR  |
        cluster.local                      | NS    | NOERROR  | NS ns.dns.cluster.local.
        other.cluster.local                | A     | NXDOMAIN |
        dns-version.cluster.local          | TXT   | NOERROR  | TXT 1.1.0
        dns-version.cluster.local          | A     | NXDOMAIN |
        away.shop.svc.cluster.local        | CNAME | NOERROR  | CNAME example.org.
        away.shop.svc.cluster.local        | A     | NOERROR  | CNAME example.org. + example.org.
        away.shop.svc.cluster.local        | SRV   | NOERROR  |
        near.shop.svc.cluster.local        | A     | NOERROR  | CNAME web.shop.svc.cluster.local., A 10.96.0.5
        self.shop.svc.cluster.local        | A     | NOERROR  |
        circle.shop.svc.cluster.local      | A     | SERVFAIL |
        address.shop.svc.cluster.local     | A     | NXDOMAIN |
        1-2-3-4.shop.pod.cluster.local     | A     | NOERROR  | A 1.2.3.4
        1-2-3-4.elsewhere.pod.cluster.local | A    | NXDOMAIN |
        nonsense.shop.pod.cluster.local    | A     | NXDOMAIN |
        5.0.96.10.in-addr.arpa             | PTR   | NOERROR  | PTR web.shop.svc.cluster.local.
        7.0.244.10.in-addr.arpa            | PTR   | NOERROR  | PTR db-0.db.shop.svc.cluster.local.
        5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa | PTR | NOERROR | PTR web.shop.svc.cluster.local.
        web.shop.svc.cluster.local         | AXFR  | REFUSED  |
        """)
    void answers(String name, String type, String rcode, String records) {
        ZoneAnswers.Partial partial = ask(name, type).orElseThrow();
        Answer answer = partial.answer();
        assertThat(answer.rcode()).hasToString(rcode);
        String text = answer.answers().stream().map(ZoneAnswersTest::text).collect(Collectors.joining(", "))
                + partial.unresolved().map(target -> " + " + target).orElse("");
        assertThat(text).isEqualTo(records == null ? "" : records);
        boolean negative = answer.answers().isEmpty() && !rcode.equals("SERVFAIL") && !rcode.equals("REFUSED");
        assertThat(answer.authority()).hasSize(negative ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"example.org,A", "9.9.9.9.in-addr.arpa,PTR", "local,A", "notcluster.local,A"})
    void leavesOthersNamesToOthers(String name, String type) {
        assertThat(ask(name, type)).isEmpty();
    }

    @Test
    void aRemovedServiceIsForgottenInBothDirections() {
        table.remove(new ObjectName("shop", "web"));
        assertThat(ask("web.shop.svc.cluster.local", "A").orElseThrow().answer().rcode())
                .hasToString("NXDOMAIN");
        assertThat(ask("5.0.96.10.in-addr.arpa", "PTR")).isEmpty();
    }

    @Test
    void aChangedServiceAnswersAnewAndItsOldEndpointsAreForgotten() {
        put("db", Map.of("clusterIP", "None"), endpoint("10.244.0.8", true, null));
        assertThat(text(ask("db.shop.svc.cluster.local", "A")
                        .orElseThrow()
                        .answer()
                        .answers()
                        .getFirst()))
                .isEqualTo("A 10.244.0.8");
        assertThat(ask("7.0.244.10.in-addr.arpa", "PTR")).isEmpty();
    }

    @Test
    void beforeTheTableIsWholeAMissingNameIsAnError() {
        ZoneAnswers young = new ZoneAnswers(DnsName.of("cluster.local"), 30, new NameTable());
        assertThat(young.answer(DnsName.of("web.shop.svc.cluster.local"), RecordType.A)
                        .orElseThrow()
                        .answer()
                        .rcode())
                .hasToString("SERVFAIL");
    }

    private Optional<ZoneAnswers.Partial> ask(String name, String type) {
        int number = type.equals("AXFR") ? RecordType.AXFR : TYPES.get(type);
        return zone.answer(DnsName.of(name), number);
    }

    private void put(String name, Map<String, Object> spec, Object... endpoints) {
        Service service =
                Service.from(new Tree(Map.of("metadata", Map.of("namespace", "shop", "name", name), "spec", spec)));
        EndpointSlice slice = EndpointSlice.from(new Tree(Map.of(
                "metadata", Map.of("namespace", "shop", "name", name + "-1"),
                "addressType", "IPv4",
                "ports", List.of(Map.of("name", "http", "port", 8080L)),
                "endpoints", List.of(endpoints))));
        table.put(service, endpoints.length == 0 ? List.of() : List.of(slice));
    }

    private static Map<String, Object> endpoint(String address, boolean ready, String hostname) {
        Map<String, Object> endpoint = new java.util.LinkedHashMap<>();
        endpoint.put("addresses", List.of(address));
        endpoint.put("conditions", Map.of("ready", ready));
        if (hostname != null) {
            endpoint.put("hostname", hostname);
        }
        return endpoint;
    }

    private static String text(ResourceRecord record) {
        return switch (record.data()) {
            case Rdata.Address(var address) -> (record.type() == RecordType.A ? "A " : "AAAA ") + address;
            case Rdata.Cname(var target) -> "CNAME " + target;
            case Rdata.Ptr(var target) -> "PTR " + target;
            case Rdata.Ns(var target) -> "NS " + target;
            case Rdata.Txt(var text) -> "TXT " + text;
            case Rdata.Srv srv -> "SRV " + srv.priority() + " " + srv.weight() + " " + srv.port() + " " + srv.target();
            case Rdata.Soa soa -> "SOA " + soa.server();
        };
    }
}
