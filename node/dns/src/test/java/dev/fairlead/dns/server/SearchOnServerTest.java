// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.forward.ScriptedResolver;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.SearchPath;
import dev.fairlead.dns.names.StaticNames;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The search path of a pod of the namespace shop, walked on the server, and what that saves. */
class SearchOnServerTest {
    private static final DnsName ZONE = DnsName.of("cluster.local");
    private static final List<String> SEARCH =
            List.of(".shop.svc.cluster.local", ".svc.cluster.local", ".cluster.local", ".corp.example", "");

    private final SystemTime time = new SystemTime();
    private final NameTable table = new NameTable(time);
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private ScriptedResolver upstream;

    @BeforeEach
    void fill() throws Exception {
        upstream = new ScriptedResolver((question, tcp) -> {
            String name = question.getQuestion().getName().toString();
            boolean v4 = question.getQuestion().getType() == Type.A;
            return List.of(
                    switch (name) {
                        case "api.example.com.", "git.dev.corp.example." ->
                            v4
                                    ? ScriptedResolver.reply(question, Rcode.NOERROR, name + " 60 A 203.0.113.7")
                                    : ScriptedResolver.reply(question, Rcode.NOERROR);
                        case "broken.example.com." -> ScriptedResolver.reply(question, Rcode.SERVFAIL);
                        default ->
                            ScriptedResolver.reply(
                                    question, Rcode.NXDOMAIN, ". 60 SOA a.example. b.example. 1 2 3 4 60");
                    });
        });
        open.add(upstream);
        for (String namespace : List.of("shop", "other")) {
            table.putNamespace(namespace);
        }
        put("shop", "db", Map.of("clusterIP", "10.96.0.5"));
        put("other", "cache", Map.of("clusterIP", "10.96.0.6"));
        put("other", "away", Map.of("type", "ExternalName", "externalName", "api.example.com"));
        table.putPod(new ObjectName("shop", "client"), IpAddress.of("127.0.0.1"));
        table.markSynced();
    }

    private void put(String namespace, String name, Map<String, Object> spec) {
        table.put(
                Service.from(new Tree(Map.of("metadata", Map.of("namespace", namespace, "name", name), "spec", spec))),
                List.of());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private InetSocketAddress start(boolean walked) throws Exception {
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(true);
        DnsSettings settings = DnsSettings.of(ZoneSettings.of(ZONE), ForwardSettings.of(List.of(upstream.address())))
                .withHosts(StaticNames.parse(List.of("192.0.2.1 printer.office  # upstairs")));
        DnsSettings chosen =
                walked ? settings.withSearch(new SearchPath(ZONE, List.of(DnsName.of("corp.example")))) : settings;
        open.add(DnsServer.start(chosen, table, new DnsMetrics(53), LoopbackSockets.of(sockets), time));
        return sockets.address();
    }

    @Test
    void answersThatAreGivenAgainAreForTheRightOnes() throws Exception {
        InetSocketAddress server = start(true);
        String missing = "nobody.other.shop.svc.cluster.local";
        String meant = "cache.other.shop.svc.cluster.local";
        IpAddress own = IpAddress.of("127.0.0.1");
        for (int round = 0; round < 3; round++) {
            for (int again = 0; again < 4; again++) {
                assertThat(ask(server, meant, Type.A).getSection(Section.ANSWER))
                        .as("a pod's search path")
                        .hasSize(2);
                assertThat(ask(server, missing, Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
            }
            table.removePod(new ObjectName("shop", "client"), own);
            for (int again = 0; again < 4; again++) {
                assertThat(ask(server, meant, Type.A).getRcode())
                        .as("somebody else")
                        .isEqualTo(Rcode.NXDOMAIN);
            }
            table.putPod(new ObjectName("shop", "client"), own);
        }
    }

    private static Message ask(InetSocketAddress server, String name, int type) throws Exception {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(Duration.ofSeconds(30));
        return resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN)));
    }

    private static String text(Message answer) {
        return Stream.concat(
                        Stream.of(Rcode.string(answer.getRcode())),
                        answer.getSection(Section.ANSWER).stream()
                                .map(record -> Type.string(record.getType()) + " " + record.rdataToString()))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        db                          | A    | NOERROR, A 10.96.0.5
        cache.other                 | A    | NOERROR, CNAME cache.other.svc.cluster.local., A 10.96.0.6
        cache.other                 | AAAA | NOERROR, CNAME cache.other.svc.cluster.local.
        cache.other.svc             | A    | NOERROR, CNAME cache.other.svc.cluster.local., A 10.96.0.6
        cache.other.svc.cluster.local | A  | NOERROR, CNAME cache.other.svc.cluster.local., A 10.96.0.6
        api.example.com             | A    | NOERROR, CNAME api.example.com., A 203.0.113.7
        api.example.com             | AAAA | NOERROR, CNAME api.example.com.
        git.dev                     | A    | NOERROR, CNAME git.dev.corp.example., A 203.0.113.7
        printer.office              | A    | NOERROR, CNAME printer.office., A 192.0.2.1
        away.other                  | A    | NOERROR, CNAME away.other.svc.cluster.local., CNAME api.example.com., A 203.0.113.7
        api.example.com             | MX   | NXDOMAIN
        no.such.name                | A    | NXDOMAIN
        broken.example.com          | A    | NXDOMAIN
        typo                        | A    | NXDOMAIN
        x.db                        | A    | NXDOMAIN
        a.b.c.d.e.f                 | A    | NXDOMAIN
        """)
    void theFirstNameOfThePathIsAnsweredForAllOfThem(String name, String type, String expected) throws Exception {
        Message answer = ask(start(true), name + ".shop.svc.cluster.local", Type.value(type));
        assertThat(text(answer)).isEqualTo(expected);
    }

    @Test
    void whatCanOnlyBeMeantInTheClusterIsNotAskedOfOthers() throws Exception {
        InetSocketAddress server = start(true);
        for (String name : List.of("typo", "x.db", "y.x.db", "a.b.c.d.e.f")) {
            ask(server, name + ".shop.svc.cluster.local", Type.A);
        }
        ask(server, "cache.other", Type.A); // this one is asked of others, as it is
        assertThat(upstream.asked).containsExactly("cache.other.");
    }

    @Test
    void onlyForPodsAndOnlyInTheirNamespace() throws Exception {
        InetSocketAddress server = start(true);
        assertThat(text(ask(server, "cache.other.other.svc.cluster.local", Type.A)))
                .as("not the pod's namespace")
                .isEqualTo("NXDOMAIN");
        table.removePod(new ObjectName("shop", "client"), IpAddress.of("127.0.0.1"));
        assertThat(text(ask(server, "cache.other.shop.svc.cluster.local", Type.A)))
                .as("not a pod")
                .isEqualTo("NXDOMAIN");
    }

    /** What getaddrinfo asks with ndots:5: every name as A and AAAA, until one is there. */
    private static int lookUp(InetSocketAddress server, String name) throws Exception {
        int queries = 0;
        for (String domain : SEARCH) {
            queries += 2;
            Message v4 = ask(server, name + domain, Type.A);
            Message v6 = ask(server, name + domain, Type.AAAA);
            if (v4.getRcode() == Rcode.NOERROR || v6.getRcode() == Rcode.NOERROR) {
                return queries;
            }
        }
        return queries;
    }

    @Test
    void savesTwoQueriesOfThree() throws Exception {
        InetSocketAddress walked = start(true);
        InetSocketAddress plain = start(false);
        int with = 0;
        int without = 0;
        // what a pod looks for: its database, a Service elsewhere in two ways, two hosts outside
        for (String name :
                List.of("db", "cache.other", "cache.other.svc.cluster.local", "api.example.com", "git.dev")) {
            with += lookUp(walked, name);
            without += lookUp(plain, name);
        }
        assertThat(with).isEqualTo(10);
        assertThat(without).isEqualTo(2 + 4 + 10 + 10 + 8);
    }
}
