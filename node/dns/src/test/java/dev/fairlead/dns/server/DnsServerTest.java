// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.SearchPath;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.wire.time.SystemTime;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The server on real sockets, by both ways to them, asked by a well-kept DNS library. The upstream is another server of ours. */
@ParameterizedClass(name = "linux={0}")
@ValueSource(booleans = {true, false})
class DnsServerTest {
    @Parameter
    private boolean linux;

    private final SystemTime time = new SystemTime();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private final DnsMetrics metrics = new DnsMetrics(53);
    private final NameTable upstreamTable = new NameTable(time);
    private final NameTable table = new NameTable(time);
    private InetSocketAddress address;
    private DnsServer upstream;

    @BeforeEach
    void start() throws Exception {
        upstreamTable.putNamespace("w");
        put(upstreamTable, "far", "w", "9.9.9.9", 1);
        upstreamTable.markSynced();
        LoopbackSockets<UdpSocket> above = LoopbackSockets.open(linux);
        upstream = DnsServer.start(
                DnsSettings.of(ZoneSettings.of(DnsName.of("example.org")), ForwardSettings.of(List.of())),
                upstreamTable,
                new DnsMetrics(53),
                LoopbackSockets.of(above),
                time);
        open.add(upstream);

        table.putNamespace("shop");
        put(table, "web", "shop", "10.96.0.5", 1);
        put(table, "many", "shop", "None", 100);
        put(table, "few", "shop", "None", 2);
        table.put(
                Service.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", "shop", "name", "away"),
                        "spec", Map.of("type", "ExternalName", "externalName", "far.w.svc.example.org")))),
                List.of());
        table.markSynced();
        LoopbackSockets<UdpSocket> own = LoopbackSockets.open(linux);
        address = own.address();
        open.add(start(table, List.of(above.address()), own));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void answersOverUdpKeepingTheLettersOfTheQuestion() throws Exception {
        Message reply = ask("wEb.Shop.svc.cluster.local", Type.A, false);
        assertThat(reply.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
        Record answer = reply.getSection(Section.ANSWER).getFirst();
        assertThat(answer.rdataToString()).isEqualTo("10.96.0.5");
        assertThat(answer.getName()).hasToString("wEb.Shop.svc.cluster.local.");
        assertThat(reply.getOPT()).as("EDNS is answered with EDNS").isNotNull();
    }

    @Test
    void truncatesOverUdpAndGivesAllOverTcp() throws Exception {
        SimpleResolver resolver = resolver(false);
        resolver.setIgnoreTruncation(true);
        Message cut = resolver.send(query("many.shop.svc.cluster.local", Type.A));
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cut.getSection(Section.ANSWER)).hasSizeBetween(1, 99);
        assertThat(ask("many.shop.svc.cluster.local", Type.A, true).getSection(Section.ANSWER))
                .hasSize(100);
    }

    @Test
    void srvBringsTheAddressesOfItsTargets() throws Exception {
        Message reply = ask("_http._tcp.web.shop.svc.cluster.local", Type.SRV, false);
        assertThat(reply.getSection(Section.ANSWER).getFirst().rdataToString())
                .isEqualTo("0 100 80 web.shop.svc.cluster.local.");
        assertThat(reply.getSection(Section.ADDITIONAL))
                .anyMatch(record -> record.rdataToString().equals("10.96.0.5"));
    }

    @Test
    void asksOthersForOtherNamesAndRemembersTheAnswer() throws Exception {
        assertThat(only(ask("far.w.svc.example.org", Type.A, false))).isEqualTo("9.9.9.9");
        upstream.close();
        assertThat(only(ask("FAR.w.svc.example.org", Type.A, true)))
                .as("from memory")
                .isEqualTo("9.9.9.9");
        assertThat(ask("other.w.svc.example.org", Type.A, false).getRcode())
                .as("nobody to ask")
                .isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void followsAnExternalNameOutOfTheZone() throws Exception {
        Message reply = ask("away.shop.svc.cluster.local", Type.A, false);
        assertThat(reply.getSection(Section.ANSWER).stream().map(Record::rdataToString))
                .containsExactly("far.w.svc.example.org.", "9.9.9.9");
    }

    @Test
    void refusesAnUnknownEdnsVersionAndUnknownOpcodes() throws Exception {
        Message badVersion = query("web.shop.svc.cluster.local", Type.A);
        badVersion.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 7), Section.ADDITIONAL);
        SimpleResolver resolver = resolver(false);
        resolver.setEDNS(-1);
        assertThat(resolver.send(badVersion).getRcode()).isEqualTo(Rcode.BADVERS);
        Message update = query("web.shop.svc.cluster.local", Type.A);
        update.getHeader().setOpcode(org.xbill.DNS.Opcode.UPDATE);
        assertThat(resolver.send(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    }

    @Test
    void countsUnderTheNamesOfCoreDns() throws Exception {
        ask("web.shop.svc.cluster.local", Type.A, false);
        ask("missing.shop.svc.cluster.local", Type.AAAA, true);
        ask("far.w.svc.example.org", Type.A, false);
        ask("far.w.svc.example.org", Type.A, false);
        String server = "{server=\"dns://:53\",";
        assertThat(metrics.text())
                .contains("coredns_dns_requests_total" + server
                        + "zone=\"cluster.local.\",view=\"\",proto=\"udp\",family=\"1\",type=\"A\"} 1\n")
                .contains("coredns_dns_responses_total" + server
                        + "zone=\"cluster.local.\",view=\"\",rcode=\"NXDOMAIN\",plugin=\"kubernetes\"} 1\n")
                .contains("coredns_dns_responses_total" + server
                        + "zone=\".\",view=\"\",rcode=\"NOERROR\",plugin=\"forward\"} 2\n")
                .contains("coredns_dns_request_duration_seconds_count" + server + "zone=\".\",view=\"\"} 2\n")
                .contains("coredns_cache_hits_total" + server + "type=\"success\",zones=\".\",view=\"\"} 1\n")
                .contains("coredns_cache_misses_total" + server + "zones=\".\",view=\"\"} 1\n")
                .contains("coredns_proxy_request_duration_seconds_count{proxy_name=\"forward\"");
    }

    @Test
    void addressesComeInTurns() throws Exception {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 1000 && first.size() < 2; i++) {
            first.add(ask("few.shop.svc.cluster.local", Type.A, false)
                    .getSection(Section.ANSWER)
                    .getFirst()
                    .rdataToString());
        }
        assertThat(first).containsExactlyInAnyOrder("10.244.1.1", "10.244.1.2");
    }

    @Test
    void survivesRandomBytes() throws Exception {
        long seed = 20_261_121;
        Random random = new Random(seed);
        byte[] valid = query("web.shop.svc.cluster.local", Type.A).toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] bytes = Arrays.copyOf(valid, 1 + random.nextInt(valid.length + 20));
                for (int flips = random.nextInt(6); flips >= 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                socket.send(new DatagramPacket(bytes, bytes.length, address));
                if (i % 50 == 0) { // what the socket's buffer cannot hold is lost: keep pace with the server
                    assertThat(only(ask("web.shop.svc.cluster.local", Type.A, false)))
                            .isEqualTo("10.96.0.5");
                }
            }
        }
        assertThat(only(ask("web.shop.svc.cluster.local", Type.A, false)))
                .as("seed " + seed)
                .isEqualTo("10.96.0.5");
    }

    private Message ask(String name, int type, boolean tcp) throws Exception {
        return resolver(tcp).send(query(name, type));
    }

    private SimpleResolver resolver(boolean tcp) throws Exception {
        SimpleResolver resolver = new SimpleResolver(address);
        resolver.setTCP(tcp);
        resolver.setTimeout(Duration.ofSeconds(30));
        return resolver;
    }

    private static Message query(String name, int type) throws Exception {
        return Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN));
    }

    private static String only(Message reply) {
        assertThat(reply.getSection(Section.ANSWER)).as(reply.toString()).hasSize(1);
        return reply.getSection(Section.ANSWER).getFirst().rdataToString();
    }

    private DnsServer start(NameTable names, List<InetSocketAddress> upstreams, LoopbackSockets<UdpSocket> sockets) {
        DnsName name = DnsName.of("cluster.local");
        DnsSettings settings = DnsSettings.of(
                        ZoneSettings.of(name), ForwardSettings.of(upstreams).withTimeout(Duration.ofSeconds(30)))
                .withSearch(new SearchPath(name, List.of()));
        return DnsServer.start(settings, names, metrics, LoopbackSockets.of(sockets), time);
    }

    private static void put(NameTable table, String name, String namespace, String clusterIp, int endpoints) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            all.add(Map.of("addresses", List.of("10.244.1." + (i + 1))));
        }
        table.put(
                Service.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", namespace, "name", name),
                        "spec",
                                Map.of(
                                        "clusterIP",
                                        clusterIp,
                                        "ports",
                                        List.of(Map.of("name", "http", "port", 80L)))))),
                List.of(EndpointSlice.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", namespace, "name", name),
                        "ports", List.of(Map.of("name", "http", "port", 8080L)),
                        "endpoints", all)))));
    }
}
