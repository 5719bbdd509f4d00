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
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** DNS over TCP as RFC 7766 wants it, and what becomes of those who abuse it. */
class TcpConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SystemTime time = new SystemTime();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(time));
    private final CountDownLatch upstreamMayAnswer = new CountDownLatch(1);
    private final DnsMetrics metrics = new DnsMetrics(53);

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private InetSocketAddress start(Duration patience, int perSecond) throws Exception {
        ScriptedResolver upstream = new ScriptedResolver((question, tcp) -> {
            upstreamMayAnswer.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return List.of(ScriptedResolver.reply(
                    question, Rcode.NOERROR, question.getQuestion().getName() + " 60 A 1.1.1.1"));
        });
        open.add(upstream);
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(true);
        NameTable table = new NameTable(time);
        table.markSynced();
        DnsSettings settings = DnsSettings.of(
                        ZoneSettings.of(DnsName.of("cluster.local")),
                        ForwardSettings.of(List.of(upstream.address())).withTimeout(PATIENCE))
                .withPatience(patience)
                .withRate(perSecond);
        open.add(DnsServer.start(settings, table, metrics, LoopbackSockets.of(sockets), time));
        return sockets.address();
    }

    private Socket connect(InetSocketAddress server) throws Exception {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        open.add(socket);
        return socket;
    }

    private static byte[] framed(int id, String name) {
        byte[] query = QueryWriter.write(QueryWriter.query(0, DnsName.of(name), RecordType.A), id);
        return ByteBuffer.allocate(query.length + 2)
                .putShort((short) query.length)
                .put(query)
                .array();
    }

    private static int id(DataInputStream in) throws Exception {
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        return ByteBuffer.wrap(answer).getShort();
    }

    @Test
    void aQuestionThatWaitsDoesNotHoldUpThoseBehindIt() throws Exception {
        Socket socket = connect(start(PATIENCE, 0));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(framed(1, "slow.example"));
        all.writeBytes(framed(2, "missing.cluster.local"));
        all.writeBytes(framed(3, "cluster.local"));
        socket.getOutputStream().write(all.toByteArray());
        socket.shutdownOutput(); // whoever hangs up its end still gets its answers
        DataInputStream in = new DataInputStream(socket.getInputStream());
        assertThat(List.of(id(in), id(in))).containsExactly(2, 3);
        upstreamMayAnswer.countDown();
        assertThat(id(in)).isEqualTo(1);
        assertThat(in.read()).as("then it ends").isEqualTo(-1);
    }

    @Test
    void whoIsSilentOrTooSlowIsCutOff() throws Exception {
        InetSocketAddress server = start(Duration.ofMillis(300), 0);
        assertThat(connect(server).getInputStream().read()).as("silent").isEqualTo(-1);
        Socket slow = connect(server);
        slow.getOutputStream().write(new byte[] {0, 100, 1, 2, 3});
        assertThat(slow.getInputStream().read()).as("half a message").isEqualTo(-1);
    }

    @Test
    void nonsenseIsAnsweredAsSuchAndTheConnectionGoesOn() throws Exception {
        Socket socket = connect(start(PATIENCE, 0));
        byte[] twoQuestions = framed(7, "cluster.local");
        twoQuestions[2 + 5] = 2;
        socket.getOutputStream().write(twoQuestions);
        socket.getOutputStream().write(framed(8, "cluster.local"));
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        assertThat(answer[3] & 0xf).isEqualTo(Rcode.FORMERR);
        assertThat(id(in)).isEqualTo(8);
        assertThat(metrics.text()).contains("fairlead_dns_malformed_total 1");
    }

    @Test
    void aSourceThatAsksTooMuchIsNotAnswered() throws Exception {
        InetSocketAddress server = start(PATIENCE, 3);
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] query = QueryWriter.write(QueryWriter.query(0, DnsName.of("cluster.local"), RecordType.A), 1);
            for (int i = 0; i < 100; i++) {
                socket.send(new DatagramPacket(query, query.length, server));
            }
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!metrics.text().contains("fairlead_dns_rate_limited_total")
                    || metrics.text().contains("fairlead_dns_rate_limited_total 0")) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.receive(new DatagramPacket(new byte[512], 512)); // the first ones are
        }
    }
}
