// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.forward.ForwardSettings;
import dev.fairlead.dns.forward.ScriptedResolver;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.dns.names.ZoneSettings;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** What floods and nonsense leave behind in a server: nothing that grows. */
class GrowthTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long SEED = 20_261_121;
    private static final int PACKETS = 6_000;
    private static final int CONNECTIONS = 100;

    private final SystemTime time = new SystemTime();
    private final Random random = new Random(SEED);
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private final DnsMetrics metrics = new DnsMetrics(53);

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void floodsAndNonsenseLeaveNothingBehindThatGrows() throws Exception {
        ScriptedResolver upstream = new ScriptedResolver((question, tcp) -> List.of(ScriptedResolver.reply(
                question, Rcode.NXDOMAIN, "example. 60 SOA ns.example. admin.example. 1 2 3 4 60")));
        open.add(upstream);
        NameTable table = new NameTable(time);
        table.putNamespace("shop");
        table.markSynced();
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(true);
        InetSocketAddress server = sockets.address();
        DnsSettings settings = DnsSettings.of(
                        ZoneSettings.of(DnsName.of("cluster.local")), ForwardSettings.of(List.of(upstream.address())))
                .withPatience(Duration.ofMillis(500));
        open.add(DnsServer.start(settings, table, metrics, LoopbackSockets.of(sockets), time));
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            awaitAnswer(socket, server);
            long before = threads();
            for (int i = 0; i < PACKETS; i++) {
                byte[] bytes = i % 2 == 0 ? nonsense() : flood(i);
                socket.send(new DatagramPacket(bytes, bytes.length, server));
                if (i % 50 == 49) { // what the socket's buffer cannot hold is lost: keep pace with the server
                    awaitAnswer(socket, server);
                }
            }
            connectAndTalkNonsense(server);
            awaitAnswer(socket, server);
            assertThat(threads()).as("seed " + SEED).isLessThanOrEqualTo(before);
        }
        until("fairlead_dns_connections", 0, 0);
        until("fairlead_dns_forwards_under_way", 0, 0);
        until("coredns_cache_entries{", 1, PACKETS / 4);
        assertThat(metrics.text().lines().filter(line -> line.startsWith("coredns_dns_requests_total{")))
                .as("zones, transports, families and types with a name")
                .hasSizeLessThan(100);
        assertThat(value("fairlead_dns_malformed_total")).isPositive();
        assertThat(value("coredns_panics_total")).isZero();
    }

    /** Of the server, with kernel threads of their own. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dns-"))
                .count();
    }

    private byte[] nonsense() {
        byte[] valid = query("web.shop.svc.cluster.local", RecordType.A);
        byte[] bytes = Arrays.copyOf(valid, 1 + random.nextInt(valid.length + 20));
        for (int flips = random.nextInt(6); flips >= 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /** A name nobody asked for before: of ours with any type, or of others. */
    private byte[] flood(int number) {
        return number % 4 == 1
                ? query("n" + number + ".example", RecordType.A)
                : query("n" + number + ".shop.svc.cluster.local", random.nextInt(0x10000));
    }

    private static byte[] query(String name, int type) {
        return QueryWriter.write(QueryWriter.query(0, DnsName.of(name), type), 1);
    }

    /** Of a question under an id of its own; answers to all that came before are passed over. */
    private void awaitAnswer(DatagramSocket socket, InetSocketAddress server) throws IOException {
        byte[] query =
                QueryWriter.write(QueryWriter.query(0, DnsName.of("shop.svc.cluster.local"), RecordType.A), 0x7777);
        DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
        long end = System.nanoTime() + PATIENCE.toNanos();
        socket.setSoTimeout(1000);
        socket.send(new DatagramPacket(query, query.length, server));
        while (true) {
            assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(end);
            try {
                answer.setLength(4096);
                socket.receive(answer);
                if (answer.getData()[0] == 0x77 && answer.getData()[1] == 0x77) {
                    return;
                }
            } catch (SocketTimeoutException lost) {
                socket.send(new DatagramPacket(query, query.length, server));
            }
        }
    }

    /** Half messages, random bytes, nothing at all; some hang up, the others are cut off. */
    private void connectAndTalkNonsense(InetSocketAddress server) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = new Socket(server.getAddress(), server.getPort());
            sockets.add(socket);
            open.add(socket);
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            socket.getOutputStream().write(bytes);
        }
        for (int i = 0; i < CONNECTIONS; i += 2) {
            sockets.get(i).close();
        }
    }

    private long value(String metric) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void until(String metric, long least, long most) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (value(metric) < least || value(metric) > most) {
            assertThat(System.nanoTime())
                    .as(metric + " from " + least + " to " + most + ", is " + value(metric))
                    .isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }
}
