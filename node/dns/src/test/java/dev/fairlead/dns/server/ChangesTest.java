// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.wire.time.SystemTime;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** One watch event changes the table once, and the very next query is answered by it, whatever answers were prepared before. */
@ParameterizedClass(name = "linux={0}")
@ValueSource(booleans = {true, false})
class ChangesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectName WEB = new ObjectName("shop", "web");
    private static final String NOBODYS = "REFUSED"; // others would be asked for that name, and there are none
    private static final String NAME = "web.shop.svc.cluster.local";

    @Parameter
    private boolean linux;

    private final SystemTime time = new SystemTime();
    private final NameTable table = new NameTable(time);
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private InetSocketAddress address;

    @BeforeEach
    void start() throws Exception {
        table.putNamespace("shop");
        table.markSynced();
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(linux);
        address = sockets.address();
        open.add(DnsServer.start(
                DnsSettings.of(ZoneSettings.of(DnsName.of("cluster.local")), ForwardSettings.of(List.of())),
                table,
                new DnsMetrics(53),
                LoopbackSockets.of(sockets),
                time));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void aServiceThatComesChangesAndGoes() throws Exception {
        for (int round = 0; round < 5; round++) {
            prepared(NAME, Type.A, "NXDOMAIN");
            service("10.96.0.5", 80);
            answered(NAME, Type.A, "10.96.0.5");
            prepared(NAME, Type.A, "10.96.0.5");
            prepared("_http._tcp." + NAME, Type.SRV, "0 100 80 " + NAME + ".");
            prepared("5.0.96.10.in-addr.arpa", Type.PTR, NAME + ".");
            service("10.96.0.6", 81);
            answered(NAME, Type.A, "10.96.0.6");
            answered("_http._tcp." + NAME, Type.SRV, "0 100 81 " + NAME + ".");
            answered("5.0.96.10.in-addr.arpa", Type.PTR, NOBODYS);
            answered("6.0.96.10.in-addr.arpa", Type.PTR, NAME + ".");
            prepared(NAME, Type.A, "10.96.0.6");
            table.remove(WEB);
            answered(NAME, Type.A, "NXDOMAIN");
            answered("6.0.96.10.in-addr.arpa", Type.PTR, NOBODYS);
        }
    }

    @Test
    void endpointsThatComeChangeAndGo() throws Exception {
        String host = "10-244-1-1." + NAME;
        for (int round = 0; round < 5; round++) {
            service("None", 80);
            prepared(NAME, Type.A, "NXDOMAIN");
            prepared(host, Type.A, "NXDOMAIN");
            service("None", 80, "10.244.1.1");
            answered(NAME, Type.A, "10.244.1.1");
            answered(host, Type.A, "10.244.1.1");
            prepared(NAME, Type.A, "10.244.1.1");
            prepared(host, Type.A, "10.244.1.1");
            service("None", 80, "10.244.1.1", "10.244.1.2");
            answered(NAME, Type.A, "10.244.1.1 10.244.1.2");
            prepared(NAME, Type.A, "10.244.1.1 10.244.1.2");
            service("None", 80, "10.244.1.2");
            answered(NAME, Type.A, "10.244.1.2");
            answered(host, Type.A, "NXDOMAIN");
            prepared(NAME, Type.A, "10.244.1.2");
            service("10.96.0.5", 80, "10.244.1.2");
            answered(NAME, Type.A, "10.96.0.5");
        }
    }

    @Test
    void aNamespaceThatGoesAndComes() throws Exception {
        service("10.96.0.5", 80);
        for (int round = 0; round < 5; round++) {
            prepared("shop.svc.cluster.local", Type.A, "NOERROR");
            table.remove(WEB);
            table.removeNamespace("shop");
            answered("shop.svc.cluster.local", Type.A, "NXDOMAIN");
            prepared("shop.svc.cluster.local", Type.A, "NXDOMAIN");
            table.putNamespace("shop");
            answered("shop.svc.cluster.local", Type.A, "NOERROR");
            service("10.96.0.5", 80);
        }
    }

    /** As the agent does for one event: the Service with all slices that it has by then. */
    private void service(String clusterIp, long port, String... endpoints) {
        List<Object> all = Stream.of(endpoints)
                .<Object>map(each -> Map.of("addresses", List.of(each)))
                .toList();
        table.put(
                Service.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", "shop", "name", "web"),
                        "spec",
                                Map.of(
                                        "clusterIP",
                                        clusterIp,
                                        "ports",
                                        List.of(Map.of("name", "http", "port", port)))))),
                List.of(EndpointSlice.from(new Tree(Map.of(
                        "metadata", Map.of("namespace", "shop", "name", "web-1"),
                        "ports", List.of(Map.of("name", "http", "port", port)),
                        "endpoints", all)))));
    }

    /** The second time it is kept, from then on given again. */
    private void prepared(String name, int type, String expected) throws Exception {
        for (int again = 0; again < 4; again++) {
            answered(name, type, expected);
        }
    }

    /** By one query, which is not repeated. */
    private void answered(String name, int type, String expected) throws Exception {
        SimpleResolver resolver = new SimpleResolver(address);
        resolver.setTimeout(PATIENCE);
        Message answer =
                resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN)));
        List<Record> records = answer.getSection(Section.ANSWER);
        String text = records.isEmpty()
                ? Rcode.string(answer.getRcode())
                : records.stream().map(Record::rdataToString).sorted().collect(Collectors.joining(" "));
        assertThat(text).as(name).isEqualTo(expected);
    }
}
