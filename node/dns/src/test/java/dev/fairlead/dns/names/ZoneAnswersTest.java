// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.wire.time.testing.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneAnswersTest {
    private static final DnsName ZONE = DnsName.of("cluster.local");

    private final FakeTime time = new FakeTime(Instant.ofEpochSecond(1_000));
    private final NameTable table = new NameTable(time);
    private final ZoneSettings settings = ZoneSettings.of(ZONE, DnsName.of("other.example"))
            .withExternal(DnsName.of("lb.example.org"))
            .withServers(List.of(IpAddress.of("10.96.0.10")));
    private ZoneAnswers zone = new ZoneAnswers(settings, table);

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
        put("over", Map.of("type", "ExternalName", "externalName", "web.shop.svc.other.example"));
        put(
                "public",
                Map.of(
                        "type",
                        "LoadBalancer",
                        "clusterIP",
                        "10.96.0.8",
                        "ports",
                        List.of(http),
                        "externalIPs",
                        List.of("192.0.2.9"),
                        "given",
                        List.of(Map.of("ip", "192.0.2.8"), Map.of("hostname", "lb.cloud.example"))));
        put(
                "cloud",
                Map.of(
                        "type",
                        "LoadBalancer",
                        "clusterIP",
                        "10.96.0.9",
                        "ports",
                        List.of(http),
                        "given",
                        List.of(Map.of("hostname", "lb.cloud.example"))));
        put(
                "twins",
                Map.of("clusterIP", "None", "ports", List.of(http)),
                endpoint("10.244.0.20", true, "twin"),
                endpoint("10.244.0.21", true, "twin"),
                endpoint("10.244.0.7", true, null));
        table.putPod(new ObjectName("shop", "web-1"), IpAddress.of("10.244.0.30"));
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
        7.0.244.10.in-addr.arpa            | PTR   | NOERROR  | PTR db-0.db.shop.svc.cluster.local., PTR 10-244-0-7.twins.shop.svc.cluster.local.
        5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa | PTR | NOERROR | PTR web.shop.svc.cluster.local.
        web.shop.svc.cluster.local         | AXFR  | REFUSED  |
        web.shop.svc.cluster.local         | ANY   | NOERROR  |
        missing.shop.svc.cluster.local     | ANY   | NXDOMAIN |
        web.shop.svc.other.example         | A     | NOERROR  | A 10.96.0.5
        _http._tcp.web.shop.svc.other.example | SRV | NOERROR | SRV 0 100 80 web.shop.svc.other.example.
        over.shop.svc.cluster.local        | A     | NOERROR  | CNAME web.shop.svc.other.example., A 10.96.0.5
        over.shop.svc.cluster.local        | CNAME | NOERROR  | CNAME web.shop.svc.other.example.
        near.shop.svc.cluster.local        | AAAA  | NOERROR  | CNAME web.shop.svc.cluster.local., AAAA fd00:10:96::5
        near.shop.svc.cluster.local        | SRV   | NOERROR  |
        _http._tcp.near.shop.svc.cluster.local | SRV | NXDOMAIN |
        ns.dns.cluster.local               | A     | NOERROR  | A 10.96.0.10
        ns.dns.cluster.local               | AAAA  | NOERROR  |
        dns.cluster.local                  | A     | NOERROR  |
        x.ns.dns.cluster.local             | A     | NXDOMAIN |
        cluster.local                      | SOA   | NOERROR  | SOA ns.dns.cluster.local. hostmaster.cluster.local. 1000 7200 1800 86400 30
        cluster.local                      | TXT   | NOERROR  |
        pod.cluster.local                  | A     | NOERROR  |
        shop.pod.cluster.local             | A     | NOERROR  |
        elsewhere.pod.cluster.local        | A     | NXDOMAIN |
        fd00--7.shop.pod.cluster.local     | AAAA  | NOERROR  | AAAA fd00::7
        fd00--7.shop.pod.cluster.local     | A     | NOERROR  |
        x.1-2-3-4.shop.pod.cluster.local   | A     | NXDOMAIN |
        _tcp.web.shop.svc.cluster.local    | A     | NOERROR  |
        _udp.web.shop.svc.cluster.local    | A     | NXDOMAIN |
        _tcp.db.shop.svc.cluster.local     | SRV   | NOERROR  |
        *.shop.svc.cluster.local           | A     | NXDOMAIN |
        any.any.svc.cluster.local          | A     | NXDOMAIN |
        db.shop.svc.cluster.local          | AAAA  | NOERROR  |
        db.shop.svc.cluster.local          | TXT   | NOERROR  |
        nobody.shop.svc.cluster.local      | SRV   | NXDOMAIN |
        DB-0.db.shop.svc.cluster.local     | A     | NOERROR  | A 10.244.0.7
        twin.twins.shop.svc.cluster.local  | A     | NOERROR  | A 10.244.0.20, A 10.244.0.21
        _http._tcp.twins.shop.svc.cluster.local | SRV | NOERROR | SRV 0 33 8080 10-244-0-7.twins.shop.svc.cluster.local., SRV 0 33 8080 twin.twins.shop.svc.cluster.local.
        8.0.96.10.in-addr.arpa             | PTR   | NOERROR  | PTR public.shop.svc.cluster.local.
        8.2.0.192.in-addr.arpa             | PTR   | NOERROR  | PTR public.shop.svc.cluster.local.
        9.2.0.192.in-addr.arpa             | PTR   | NOERROR  | PTR public.shop.svc.cluster.local.
        7.0.244.10.in-addr.arpa            | A     | NOERROR  |
        public.shop.lb.example.org         | A     | NOERROR  | A 192.0.2.8, A 192.0.2.9
        public.shop.lb.example.org         | AAAA  | NOERROR  |
        public.shop.lb.example.org         | SRV   | NOERROR  | SRV 0 100 80 public.shop.lb.example.org.
        _http._tcp.public.shop.lb.example.org | SRV | NOERROR | SRV 0 100 80 public.shop.lb.example.org.
        _other._tcp.public.shop.lb.example.org | SRV | NXDOMAIN |
        cloud.shop.lb.example.org          | A     | NOERROR  | CNAME lb.cloud.example. + lb.cloud.example.
        web.shop.lb.example.org            | A     | NXDOMAIN |
        shop.lb.example.org                | A     | NOERROR  |
        lb.example.org                     | NS    | NOERROR  | NS ns.dns.lb.example.org.
        """)
    void answers(String name, String type, String rcode, String records) {
        ZoneAnswers.Partial partial = ask(name, type).orElseThrow();
        Answer answer = partial.answer();
        assertThat(answer.rcode()).hasToString(rcode);
        String text = answer.answers().stream().map(RecordText::of).collect(Collectors.joining(", "))
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
        assertThat(texts("db.shop.svc.cluster.local", "A")).containsExactly("A 10.244.0.8");
        assertThat(texts("7.0.244.10.in-addr.arpa", "PTR"))
                .containsExactly("PTR 10-244-0-7.twins.shop.svc.cluster.local.");
    }

    @Test
    void beforeTheTableIsWholeAMissingNameIsAnError() {
        ZoneAnswers young = new ZoneAnswers(settings, new NameTable(time));
        assertThat(young.answer(DnsName.of("web.shop.svc.cluster.local"), RecordType.A)
                        .orElseThrow()
                        .answer()
                        .rcode())
                .hasToString("SERVFAIL");
    }

    private Optional<ZoneAnswers.Partial> ask(String name, String type) {
        return zone.answer(DnsName.of(name), RecordText.type(type));
    }

    private List<String> texts(String name, String type) {
        return ask(name, type).orElseThrow().answer().answers().stream()
                .map(RecordText::of)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        DISABLED | 10-244-0-30.shop.pod.cluster.local  | NXDOMAIN
        DISABLED | shop.pod.cluster.local              | NXDOMAIN
        DISABLED | pod.cluster.local                   | NOERROR
        INSECURE | 10-244-0-30.empty.pod.cluster.local | NOERROR
        VERIFIED | 10-244-0-30.shop.pod.cluster.local  | NOERROR
        VERIFIED | 10-244-0-30.empty.pod.cluster.local | NXDOMAIN
        VERIFIED | 10-244-0-31.shop.pod.cluster.local  | NXDOMAIN
        VERIFIED | shop.pod.cluster.local              | NOERROR
        """)
    void podsHaveTheRecordsThatAreSet(ZoneSettings.PodRecords pods, String name, String rcode) {
        zone = new ZoneAnswers(settings.withPods(pods), table);
        assertThat(ask(name, "A").orElseThrow().answer().rcode()).hasToString(rcode);
        table.removePod(new ObjectName("shop", "web-1"), IpAddress.of("10.244.0.30"));
        if (pods == ZoneSettings.PodRecords.VERIFIED) {
            assertThat(ask("10-244-0-30.shop.pod.cluster.local", "A")
                            .orElseThrow()
                            .answer()
                            .rcode())
                    .hasToString("NXDOMAIN");
        }
    }

    @Test
    void everyRecordHasTheTtlThatIsSetAndDnsVersionItsOwn() {
        zone = new ZoneAnswers(settings.withTtl(7), table);
        assertThat(ttl("web.shop.svc.cluster.local", "A")).isEqualTo(7);
        assertThat(ttl("cluster.local", "NS")).isEqualTo(7);
        assertThat(ttl("5.0.96.10.in-addr.arpa", "PTR")).isEqualTo(7);
        assertThat(ttl("dns-version.cluster.local", "TXT")).isEqualTo(28_800);
        zone = new ZoneAnswers(settings.withTtl(3600), table);
        assertThat(ask("missing.shop.svc.cluster.local", "A")
                        .orElseThrow()
                        .answer()
                        .authority()
                        .getFirst()
                        .ttl())
                .as("the SOA of a negative answer")
                .isEqualTo(300);
        assertThatThrownBy(() -> settings.withTtl(3601)).hasMessageContaining("0 to 3600");
    }

    private int ttl(String name, String type) {
        return ask(name, type).orElseThrow().answer().answers().getFirst().ttl();
    }

    @Test
    void theSerialIsTheTimeOfTheLastChangeAndNeverGoesBack() {
        assertThat(texts("cluster.local", "SOA").getFirst()).contains(" 1000 7200");
        time.advance(Duration.ofSeconds(5));
        assertThat(texts("cluster.local", "SOA").getFirst()).contains(" 1000 7200");
        table.putNamespace("new");
        assertThat(texts("cluster.local", "SOA").getFirst()).contains(" 1005 7200");
    }

    @Test
    void tellsTheServerOfTheZoneWithItsAddress() {
        assertThat(ask("cluster.local", "NS").orElseThrow().answer().additional().stream()
                        .map(RecordText::of))
                .containsExactly("A 10.96.0.10");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        web.elsewhere.svc.cluster.local       | NO_NAMESPACE
        missing.shop.svc.cluster.local        | NO_SERVICE
        nobody.shop.svc.cluster.local         | NO_READY_ENDPOINT
        db-2.db.shop.svc.cluster.local        | NO_SUCH_ENDPOINT
        _x._tcp.web.shop.svc.cluster.local    | NO_SUCH_PORT
        address.shop.svc.cluster.local        | NOT_A_NAME
        web.shop.lb.example.org               | NOTHING_GIVEN
        other.cluster.local                   | NO_SUCH_FORM
        x.shop.pod.cluster.local              | NO_ADDRESS
        web.shop.svc.cluster.local            |
        example.org                           |
        """)
    void saysWhyANameIsNotThere(String name, Absence why) {
        assertThat(zone.absence(DnsName.of(name), RecordType.A)).isEqualTo(Optional.ofNullable(why));
    }

    private void put(String name, Map<String, Object> spec, Object... endpoints) {
        Service service = Service.from(new Tree(Map.of(
                "metadata", Map.of("namespace", "shop", "name", name),
                "spec", spec,
                "status", Map.of("loadBalancer", Map.of("ingress", spec.getOrDefault("given", List.of()))))));
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
}
