// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.UpstreamReply;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fairlead dns} for an API over HTTPS. */
@Timeout(120)
class RunDnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path home;

    private static Terminal terminal;

    @BeforeAll
    static void start() throws Exception {
        terminal = new Terminal(home);
        terminal.feed("""
                {apiVersion: v1, kind: Namespace, metadata: {name: default}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.0.77, ports: [{port: 80}]}}
                """, "apply", "-f", "-");
    }

    @AfterAll
    static void stop() {
        terminal.close();
    }

    private static String ask(int port, String name) throws IOException, MalformedException {
        Query query = QueryWriter.query(7, DnsName.of(name), RecordType.A);
        byte[] question = QueryWriter.write(query, 7);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(30_000);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            UpstreamReply reply = UpstreamReply.read(Arrays.copyOf(packet.getData(), packet.getLength()), 7, query);
            return reply.rcode() + " " + reply.lifetime() + " "
                    + reply.records().stream()
                            .map(record -> record.data().toString())
                            .collect(Collectors.joining());
        }
    }

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static int free() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void settle(Path settings, String text) throws IOException {
        Path next = Files.writeString(settings.resolveSibling("next"), text);
        Files.move(next, settings, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void answersTellsItsHealthAndReadsItsSettingsAgainWithoutLosingAQuery() throws Exception {
        Path settings = home.resolve("settings");
        settle(settings, "# as the cluster before\n--dns-ttl=5\n--dns-upstreams=127.0.0.1:9\n");
        Writer said = new StringWriter();
        int dns = free();
        int health = free();
        int ready = free();
        int metrics = free();
        Thread running = Thread.ofPlatform()
                .start(() -> terminal.run(
                        "",
                        Map.of("KUBECONFIG", terminal.kubeconfig().toString()),
                        said,
                        said,
                        "dns",
                        "--listen=127.0.0.1:" + dns,
                        "--health-bind-address=127.0.0.1:" + health,
                        "--ready-bind-address=127.0.0.1:" + ready,
                        "--metrics-bind-address=127.0.0.1:" + metrics,
                        "--dns-settings=" + settings));
        try {
            until("ready: " + said, () -> said.toString().contains("\nready\n") || !running.isAlive());
            assertThat(running.isAlive()).as(said.toString()).isTrue();
            assertThat(get(ready, "/ready")).startsWith("HTTP/1.1 200");
            assertThat(get(health, "/health")).endsWith("OK");
            assertThat(ask(dns, "web.default.svc.cluster.local"))
                    .startsWith("0 5 ")
                    .contains("10.96.0.77");
            assertThat(ask(dns, "missing.default.svc.cluster.local")).startsWith("3 5 ");
            assertThat(get(metrics, "/metrics")).contains("coredns_dns_requests_total");
            AtomicInteger asked = new AtomicInteger();
            for (int ttl = 6; ttl < 9; ttl++) {
                String expected = "0 " + ttl + " ";
                settle(settings, "--dns-ttl=" + ttl + "\n");
                until("read again: " + said, () -> {
                    asked.incrementAndGet();
                    String answer = ask(dns, "web.default.svc.cluster.local"); // fails when one is lost
                    assertThat(answer).contains("10.96.0.77");
                    return answer.startsWith(expected);
                });
            }
            settle(settings, "--dns-ttl=-1\n");
            until("told", () -> said.toString().contains("settings   as before: --dns-settings="));
            assertThat(ask(dns, "web.default.svc.cluster.local")).startsWith("0 8 ");
            assertThat(asked.get()).isPositive();
            terminal.fairlead("delete", "service", "web");
            until("gone", () -> ask(dns, "web.default.svc.cluster.local").startsWith("3"));
        } finally {
            running.interrupt();
            running.join();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --listen=nowhere               | no ADDRESS:PORT
            --domain=a..b                  | not a domain name
            --dns-settings=/nowhere/at/all | cannot be read
            --dns-ttl=4000                 | 0 to 3600
            """)
    void mistakesAreNamed(String option, String said) {
        Terminal.Run run = terminal.fairlead("dns", option);
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).startsWith("fairlead: ").contains(said).doesNotContain("\tat ");
    }
}
