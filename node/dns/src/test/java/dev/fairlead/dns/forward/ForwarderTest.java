// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.server.LoopbackSockets;
import dev.fairlead.wire.time.testing.FakeTime;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The forwarder against resolvers on real sockets that answer, fail, lie or are silent as a test wants it. */
class ForwarderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SOA = " 600 SOA ns.example. admin.example. 1 2 3 4 60";

    private final FakeTime time = new FakeTime(Instant.EPOCH);
    private DnsMetrics metrics = new DnsMetrics(53);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private ScriptedResolver resolver(ScriptedResolver.Script script) throws IOException {
        ScriptedResolver resolver = new ScriptedResolver(script);
        open.add(resolver);
        return resolver;
    }

    /** One that gives every name this address. */
    private ScriptedResolver giving(String address, int ttl) throws IOException {
        return resolver((question, tcp) -> List.of(ScriptedResolver.reply(
                question, Rcode.NOERROR, question.getQuestion().getName() + " " + ttl + " A " + address)));
    }

    private Forwarder forwarder(ForwardSettings settings) {
        metrics = new DnsMetrics(53);
        Forwarder forwarder = new Forwarder(settings, metrics, time);
        open.add(forwarder);
        return forwarder;
    }

    private Forwarder forwarder(ScriptedResolver... resolvers) {
        return forwarder(PATIENCE, resolvers);
    }

    /** Of resolvers one of which will be silent for so long. */
    private Forwarder forwarder(Duration timeout, ScriptedResolver... resolvers) {
        List<InetSocketAddress> addresses =
                List.of(resolvers).stream().map(ScriptedResolver::address).toList();
        return forwarder(ForwardSettings.of(addresses).withTimeout(timeout));
    }

    private static Query query(String name) {
        return QueryWriter.query(0, DnsName.of(name), RecordType.A);
    }

    private static String ask(Forwarder forwarder, String name) throws Exception {
        UpstreamReply reply = forwarder.ask(query(name));
        return reply.rcode() + " "
                + reply.records().stream()
                        .map(record -> record.data().toString().replaceAll(".*address=|\\].*", ""))
                        .collect(Collectors.joining(","));
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void domainsHaveResolversOfTheirOwnAndTheLongestCounts() throws Exception {
        ScriptedResolver usual = giving("1.1.1.1", 60);
        ScriptedResolver corp = giving("2.2.2.2", 60);
        ScriptedResolver lab = giving("3.3.3.3", 60);
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(usual.address()))
                .withStubs(Map.of(
                        DnsName.of("corp.example"), List.of(corp.address()),
                        DnsName.of("lab.corp.example"), List.of(lab.address()),
                        DnsName.of("nowhere.example"), List.of())));
        assertThat(ask(forwarder, "example.org")).contains("1.1.1.1");
        assertThat(ask(forwarder, "corp.example")).contains("2.2.2.2");
        assertThat(ask(forwarder, "www.corp.example")).contains("2.2.2.2");
        assertThat(ask(forwarder, "www.lab.corp.example")).contains("3.3.3.3");
        assertThat(ask(forwarder, "mycorp.example")).contains("1.1.1.1");
        assertThat(forwarder.asksFor(DnsName.of("x.nowhere.example"))).isFalse();
        assertThat(forwarder.remembered(query("x.nowhere.example"), 512).orElseThrow()[3] & 0xf)
                .isEqualTo(Rcode.REFUSED);
    }

    @Test
    void aSilentResolverIsPassedOverAskedLastAndTakenBackWhenItAnswers() throws Exception {
        ScriptedResolver first = giving("1.1.1.1", 60);
        ScriptedResolver second = giving("2.2.2.2", 60);
        Forwarder forwarder = forwarder(Duration.ofSeconds(1), first, second);
        first.dead = true;
        assertThat(ask(forwarder, "a.example")).contains("2.2.2.2");
        assertThat(ask(forwarder, "b.example")).contains("2.2.2.2");
        int before = second.asked.size();
        assertThat(ask(forwarder, "c.example")).contains("2.2.2.2");
        assertThat(second.asked).as("asked first by now").hasSize(before + 1);
        first.dead = false;
        until(() -> {
            time.advance(Duration.ofSeconds(10)); // probes
            String name = "x" + first.asked.size() + second.asked.size() + ".example";
            return ask(forwarder, name).contains("1.1.1.1");
        });
    }

    @Test
    void aFailureOfOneIsAskedOfTheNextAndToldOnlyWhenAllFail() throws Exception {
        ScriptedResolver failing =
                resolver((question, tcp) -> List.of(ScriptedResolver.reply(question, Rcode.SERVFAIL)));
        ScriptedResolver good = giving("2.2.2.2", 60);
        assertThat(ask(forwarder(failing, good), "a.example")).isEqualTo("0 2.2.2.2");
        Forwarder alone = forwarder(failing);
        assertThat(ask(alone, "b.example")).isEqualTo("2 ");
        int before = failing.asked.size();
        assertThat(ask(alone, "b.example")).isEqualTo("2 ");
        assertThat(failing.asked).as("remembered for 5 s").hasSize(before);
        time.advance(Duration.ofSeconds(5));
        assertThat(ask(alone, "b.example")).isEqualTo("2 ");
        assertThat(failing.asked).hasSize(before + 1);
    }

    @Test
    void whatDoesNotFitADatagramIsAskedAgainByTcp() throws Exception {
        ScriptedResolver resolver = resolver((question, tcp) -> {
            Message reply = ScriptedResolver.reply(question, Rcode.NOERROR, "a.example. 60 A 1.1.1.1");
            if (!tcp) {
                reply.removeAllRecords(Section.ANSWER);
                reply.getHeader().setFlag(Flags.TC);
            }
            return List.of(reply);
        });
        assertThat(ask(forwarder(resolver), "a.example")).isEqualTo("0 1.1.1.1");
        assertThat(resolver.asked).containsExactly("a.example.", "a.example. tcp");
    }

    @Test
    void repliesAreRememberedAsLongAsTheyAllow() throws Exception {
        ScriptedResolver resolver = resolver((question, tcp) -> List.of(
                question.getQuestion().getName().toString().startsWith("no")
                        ? ScriptedResolver.reply(question, Rcode.NXDOMAIN, "example." + SOA)
                        : ScriptedResolver.reply(question, Rcode.NOERROR, "yes.example. 100 A 1.1.1.1")));
        Forwarder forwarder = forwarder(resolver);
        ask(forwarder, "yes.example");
        assertThat(ask(forwarder, "no.example")).isEqualTo("3 ");
        time.advance(Duration.ofSeconds(59));
        ask(forwarder, "yes.example");
        ask(forwarder, "no.example");
        assertThat(resolver.asked).as("both known").hasSize(2);
        time.advance(Duration.ofSeconds(1));
        ask(forwarder, "no.example");
        assertThat(resolver.asked).as("the SOA's minimum is over").hasSize(3);
        byte[] answer = forwarder.remembered(query("yes.example"), 512).orElseThrow();
        assertThat(new Message(answer).getSection(Section.ANSWER).getFirst().getTTL())
                .as("what is left of it")
                .isEqualTo(40);
        time.advance(Duration.ofSeconds(40));
        ask(forwarder, "yes.example");
        assertThat(resolver.asked).hasSize(4);
    }

    @Test
    void whatIsAskedForOftenIsFetchedBeforeItsEnd() throws Exception {
        ScriptedResolver resolver = giving("1.1.1.1", 100);
        Forwarder forwarder = forwarder(resolver);
        ask(forwarder, "a.example");
        time.advance(Duration.ofSeconds(89));
        assertThat(forwarder.remembered(query("a.example"), 512)).isPresent();
        assertThat(forwarder.remembered(query("a.example"), 512)).isPresent();
        assertThat(resolver.asked).hasSize(1);
        time.advance(Duration.ofSeconds(2));
        assertThat(forwarder.remembered(query("a.example"), 512)).isPresent();
        until(() -> resolver.asked.size() == 2);
        until(() -> {
            byte[] answer = forwarder.remembered(query("a.example"), 512).orElseThrow();
            return new Message(answer).getSection(Section.ANSWER).getFirst().getTTL() == 100;
        });
        assertThat(resolver.asked).hasSize(2);
    }

    @Test
    void whenNobodyAnswersWhatWasKnownIsGivenForAnHour() throws Exception {
        ScriptedResolver resolver = giving("1.1.1.1", 60);
        Forwarder forwarder = forwarder(Duration.ofMillis(500), resolver);
        ask(forwarder, "a.example");
        resolver.dead = true;
        time.advance(Duration.ofSeconds(61));
        assertThat(forwarder.remembered(query("a.example"), 512))
                .as("it is asked first")
                .isEmpty();
        assertThat(ask(forwarder, "a.example")).isEqualTo("0 1.1.1.1");
        // and not again for a while, as soon as the attempt is over
        until(() -> forwarder.remembered(query("a.example"), 512).isPresent());
        assertThat(metrics.text()).contains("coredns_cache_served_stale_total{");
        time.advance(Duration.ofHours(1));
        assertThatThrownBy(() -> ask(forwarder, "a.example")).isInstanceOf(IOException.class);
    }

    @Test
    void theSameQuestionAtTheSameTimeIsAskedOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        ScriptedResolver resolver = resolver((question, tcp) -> {
            all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return List.of(ScriptedResolver.reply(question, Rcode.NOERROR, "a.example. 60 A 1.1.1.1"));
        });
        Forwarder forwarder =
                forwarder(ForwardSettings.of(List.of(resolver.address())).withTimeout(PATIENCE));
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(askers.submit(() -> ask(forwarder, "a.example")));
            }
            until(() -> !resolver.asked.isEmpty());
            all.countDown();
            for (Future<String> answer : answers) {
                assertThat(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("0 1.1.1.1");
            }
        }
        assertThat(resolver.asked).hasSize(1);
    }

    @Test
    void moreQuestionsThanThereIsRoomForAreRefused() throws Exception {
        CountDownLatch later = new CountDownLatch(1);
        ScriptedResolver resolver = resolver((question, tcp) -> {
            later.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return List.of(ScriptedResolver.reply(question, Rcode.NOERROR, "a.example. 60 A 1.1.1.1"));
        });
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(resolver.address()))
                .withTimeout(PATIENCE)
                .withConcurrent(1));
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> first = askers.submit(() -> ask(forwarder, "a.example"));
            until(() -> !resolver.asked.isEmpty());
            assertThatThrownBy(() -> ask(forwarder, "b.example")).isInstanceOf(IOException.class);
            later.countDown();
            assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("0 1.1.1.1");
        }
        assertThat(metrics.text()).contains("coredns_forward_max_concurrent_rejects_total 1");
    }

    @Test
    void aResolverThatLeadsBackToUsIsAskedNoMore() throws Exception {
        LoopingProbe probe = new LoopingProbe();
        open.add(probe);
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(probe.address())));
        DnsName name = probe.name();
        assertThat(forwarder.remembered(QueryWriter.query(1, name, 13), 512).orElseThrow()[3] & 0xf)
                .isEqualTo(Rcode.REFUSED);
        assertThatThrownBy(() -> ask(forwarder, "a.example")).hasStackTraceContaining("no resolver to ask");
    }

    /** Hears the first probe, as a resolver would that passes it on to us. */
    private static final class LoopingProbe implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());

        LoopingProbe() throws IOException {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        DnsName name() throws Exception {
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            return Query.read(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()))
                    .name();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    void onlyTheReplyToThatQuestionCounts() throws Exception {
        ScriptedResolver resolver = resolver((question, tcp) -> {
            Message otherId = ScriptedResolver.reply(question, Rcode.NOERROR, "a.example. 60 A 6.6.6.6");
            otherId.getHeader().setID(question.getHeader().getID() ^ 1);
            Message otherName = ScriptedResolver.reply(
                    Message.newQuery(Record.newRecord(Name.fromString("b.example."), 1, DClass.IN)),
                    Rcode.NOERROR,
                    "a.example. 60 A 6.6.6.6");
            otherName.getHeader().setID(question.getHeader().getID());
            return List.of(
                    otherId, otherName, ScriptedResolver.reply(question, Rcode.NOERROR, "a.example. 60 A 1.1.1.1"));
        });
        assertThat(ask(forwarder(resolver), "a.example")).isEqualTo("0 1.1.1.1");
    }

    @Test
    void lettersAreMixedByChanceAndWhoDoesNotKeepThemIsAskedByTcp() throws Exception {
        ScriptedResolver keeping = resolver((question, tcp) -> List.of(ScriptedResolver.reply(
                question, Rcode.NOERROR, question.getQuestion().getName() + " 0 A 1.1.1.1")));
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(keeping.address()))
                .withTimeout(PATIENCE)
                .withMixedCase(true));
        for (int i = 0; i < 20; i++) {
            assertThat(ask(forwarder, "letters.example")).isEqualTo("0 1.1.1.1");
        }
        assertThat(keeping.asked.stream().distinct()).hasSizeGreaterThan(2).noneMatch(name -> name.endsWith("tcp"));
        assertThat(keeping.asked).allMatch(name -> name.equalsIgnoreCase("letters.example."));
        keeping.script = (question, tcp) -> {
            Message lower = Message.newQuery(Record.newRecord(Name.fromString("other.letters.example."), 1, DClass.IN));
            lower.getHeader().setID(question.getHeader().getID());
            return List.of(ScriptedResolver.reply(
                    lower, Rcode.NOERROR, "other.letters.example. 60 A " + (tcp ? "1.1.1.1" : "6.6.6.6")));
        };
        assertThat(ask(forwarder, "other.letters.example")).isEqualTo("0 1.1.1.1");
    }

    @Test
    void inParallelTheFirstToAnswerCounts() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ScriptedResolver slow = resolver((question, tcp) -> {
            never.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return List.of();
        });
        ScriptedResolver failing =
                resolver((question, tcp) -> List.of(ScriptedResolver.reply(question, Rcode.SERVFAIL)));
        ScriptedResolver good = giving("2.2.2.2", 60);
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(slow.address(), failing.address(), good.address()))
                .withTimeout(PATIENCE)
                .withParallel(true));
        assertThat(ask(forwarder, "a.example")).isEqualTo("0 2.2.2.2");
        never.countDown();
    }

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        ScriptedResolver resolver = resolver((question, tcp) -> {
            Message reply = ScriptedResolver.reply(
                    question, Rcode.NOERROR, question.getQuestion().getName() + " 60 A 1.1.1.1");
            if (!tcp) {
                reply.getHeader().setFlag(Flags.TC);
            }
            return List.of(reply);
        });
        Forwarder forwarder =
                forwarder(ForwardSettings.of(List.of(resolver.address())).withTimeout(PATIENCE));
        for (int i = 0; i < 10; i++) {
            assertThat(ask(forwarder, "a" + i + ".example")).isEqualTo("0 1.1.1.1");
        }
        assertThat(resolver.connections).hasValue(1);
        time.advance(Duration.ofSeconds(6));
        assertThat(ask(forwarder, "later.example")).isEqualTo("0 1.1.1.1");
        assertThat(resolver.connections).as("one that was idle for long is not").hasValue(2);
    }

    /** Two resolvers, of which one or the other is restarted a thousand times; a question is answered each time. */
    @Test
    void aThousandRestartsOfResolversAreNotNoticed() throws Exception {
        ScriptedResolver.Script script = (question, tcp) -> List.of(ScriptedResolver.reply(
                question, Rcode.NOERROR, question.getQuestion().getName() + " 60 A 1.1.1.1"));
        ScriptedResolver[] both = {atFixedPort(script), atFixedPort(script)};
        Forwarder forwarder = forwarder(ForwardSettings.of(List.of(both[0].address(), both[1].address()))
                .withTimeout(Duration.ofSeconds(2))); // hardly ever waited for: who is down says so
        for (int restart = 0; restart < 1000; restart++) {
            int which = restart % 2;
            int port = both[which].address().getPort();
            both[which].close();
            assertThat(ask(forwarder, "down" + restart + ".example")).isEqualTo("0 1.1.1.1");
            until(
                    () -> { // whoever is still answering holds the port
                        try {
                            both[which] = new ScriptedResolver(script, LoopbackSockets.reopen(port));
                            return true;
                        } catch (BindException notYet) {
                            return false;
                        }
                    });
            time.advance(Duration.ofSeconds(1)); // probes
            assertThat(ask(forwarder, "up" + restart + ".example")).isEqualTo("0 1.1.1.1");
        }
        open.add(both[0]);
        open.add(both[1]);
        assertThat(metrics.text())
                .contains("coredns_cache_entries{server=\"dns://:53\",type=\"any\",zones=\".\",view=\"\"} ");
    }

    private static ScriptedResolver atFixedPort(ScriptedResolver.Script script) throws IOException {
        for (int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000); ; port++) {
            try {
                return new ScriptedResolver(script, LoopbackSockets.reopen(port));
            } catch (BindException taken) {
                assertThat(port).as("a port that is free").isLessThan(32_000);
            }
        }
    }

    @Test
    void recordsThatDoNotBelongToTheNameAreNotTaken() throws Exception {
        ScriptedResolver resolver = resolver((question, tcp) -> List.of(ScriptedResolver.reply(
                question,
                Rcode.NOERROR,
                "a.example. 60 CNAME c.example.",
                "bank.example. 60 A 6.6.6.6",
                "c.example. 60 A 1.1.1.1")));
        UpstreamReply reply = forwarder(resolver).ask(query("a.example"));
        assertThat(reply.answer(DnsName.of("a.example")).answers())
                .hasSize(2)
                .noneMatch(record -> record.name().equals(DnsName.of("bank.example")));
    }
}
