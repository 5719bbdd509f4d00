// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of rows of datagrams, by both ways. */
@ParameterizedClass(name = "linux={0}")
@ValueSource(booleans = {true, false})
class UdpSocketTest {
    private static final int MANY = 100;

    @Parameter
    private boolean linux;

    private static <T> FutureTask<T> inThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void everyDatagramIsAnsweredToItsSender() throws Exception {
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(linux);
        try (UdpSocket socket = sockets.udp();
                ServerSocketChannel tcp = sockets.tcp();
                DatagramSocket one = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < MANY; i++) {
                byte[] number = {(byte) i};
                (i % 2 == 0 ? one : other).send(new DatagramPacket(number, 1, tcp.getLocalAddress()));
            }
            FutureTask<Boolean> server = inThread(() -> {
                byte[] bytes = new byte[16];
                for (int taken = 0; taken < MANY; ) {
                    int row = socket.receive();
                    for (int slot = 0; slot < row; slot++) {
                        int length = socket.take(slot, bytes);
                        if (bytes[0] % 3 == 0) { // later, by another way
                            byte[] late = {bytes[0], 3};
                            socket.sendLater(late, socket.from(slot));
                        } else {
                            bytes[length] = 1;
                            socket.answer(slot, bytes, length + 1);
                        }
                    }
                    socket.send();
                    taken += row;
                }
                return true;
            });
            assertThat(answers(one, MANY / 2))
                    .allSatisfy(number -> assertThat(number % 2).isZero());
            assertThat(answers(other, MANY / 2))
                    .allSatisfy(number -> assertThat(number % 2).isOne());
            assertThat(server.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Set<Integer> answers(DatagramSocket socket, int count) throws Exception {
        socket.setSoTimeout(30_000);
        Set<Integer> numbers = new HashSet<>();
        while (numbers.size() < count) {
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            socket.receive(packet);
            byte[] data = Arrays.copyOf(packet.getData(), packet.getLength());
            assertThat(data).hasSize(2);
            assertThat(data[1]).isEqualTo((byte) (data[0] % 3 == 0 ? 3 : 1));
            numbers.add((int) data[0]);
        }
        return numbers;
    }

    @Test
    void closingEndsTheWaitAndFreesTheAddress() throws Exception {
        LoopbackSockets<UdpSocket> sockets = LoopbackSockets.open(linux);
        UdpSocket socket = sockets.udp();
        FutureTask<Integer> reader = inThread(() -> {
            try {
                return socket.receive();
            } finally {
                socket.close();
            }
        });
        assertThatThrownBy(() -> UdpSocket.open(sockets.address(), linux)).isInstanceOf(BindException.class);
        socket.close();
        assertThatThrownBy(() -> reader.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> socket.sendLater(new byte[1], sockets.address()))
                .isInstanceOf(ClosedChannelException.class);
        socket.close();
        UdpSocket.open(sockets.address(), linux).close();
        sockets.tcp().close();
    }

    @Test
    void worksByIpv6() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        int port;
        try (DatagramSocket free = new DatagramSocket(any)) {
            port = free.getLocalPort();
        }
        InetSocketAddress at = new InetSocketAddress(any.getAddress(), port);
        try (UdpSocket socket = UdpSocket.open(at, linux);
                DatagramSocket client = new DatagramSocket(any)) {
            client.send(new DatagramPacket(new byte[] {7}, 1, at));
            assertThat(socket.receive()).isOne();
            assertThat(socket.from(0)).isEqualTo(client.getLocalSocketAddress());
            assertThat(socket.isV6()).isTrue();
            socket.answer(0, new byte[] {7, 1}, 2);
            socket.send();
            assertThat(answers(client, 1)).containsExactly(7);
        }
    }
}
