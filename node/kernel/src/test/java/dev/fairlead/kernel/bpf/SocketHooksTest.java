// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import static dev.fairlead.kernel.bpf.Register.R0;
import static dev.fairlead.kernel.bpf.Register.R1;
import static dev.fairlead.kernel.bpf.Register.R10;
import static dev.fairlead.kernel.bpf.Register.R2;
import static dev.fairlead.kernel.bpf.Register.R3;
import static dev.fairlead.kernel.bpf.Register.R4;
import static dev.fairlead.kernel.bpf.Register.R6;
import static dev.fairlead.kernel.bpf.Register.R7;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.bpf.Instruction.Condition;
import dev.fairlead.kernel.bpf.Instruction.Width;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.testing.OwnCgroup;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs run for the sockets of their cgroup, as long as their link is held. */
@ExtendWith(NeedsSocketHooks.class)
class SocketHooksTest {
    private static final int PORT = 24; // struct bpf_sock_addr
    private static final int SOCKET = 64;
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private OwnCgroup group;

    @BeforeEach
    void enter() {
        group = OwnCgroup.enter("bpf-test");
    }

    @AfterEach
    void leave() {
        group.close();
    }

    private static int networkOrder(int port) {
        return Short.toUnsignedInt(Short.reverseBytes((short) port));
    }

    private static void connect(int port) throws Exception {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(LOOPBACK, port));
        }
    }

    @Test
    void aConnectIsLedElsewhereUntilTheLinkEnds() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, LOOPBACK)) {
            int asked = server.getLocalPort() - 1;
            Program program = new Assembler()
                    .load(Width.WORD, R2, R1, PORT)
                    .jumpIf(R2, Condition.NOT_EQUAL, networkOrder(asked), "out")
                    .set(R2, networkOrder(server.getLocalPort()))
                    .store(Width.WORD, R1, PORT, R2)
                    .label("out")
                    .set(R0, 1)
                    .exit()
                    .program("elsewhere", Hook.CONNECT4);
            try (LoadedProgram loaded = LoadedProgram.load(program, List.of());
                    ProgramLink _ = ProgramLink.atCgroup(loaded, group.path())) {
                connect(asked);
                server.accept().close();
            }
            assertThatThrownBy(() -> connect(asked)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aProgramSaysWithWhichError() throws Exception {
        Program program = new Assembler()
                .set(R1, -Errno.ENETUNREACH)
                .call(KernelFunction.SET_RESULT)
                .set(R0, 0)
                .exit()
                .program("unreachable", Hook.CONNECT4);
        try (ServerSocket server = new ServerSocket(0, 10, LOOPBACK);
                LoadedProgram loaded = LoadedProgram.load(program, List.of());
                ProgramLink _ = ProgramLink.atCgroup(loaded, group.path())) {
            assertThatThrownBy(() -> connect(server.getLocalPort())).hasMessageContaining("unreachable");
        }
    }

    @Test
    void whatTheVerifierSaysIsInTheException() {
        Program wrong = new Assembler().set(R0, R3).exit().program("wrong", Hook.CONNECT4);
        assertThatThrownBy(() -> LoadedProgram.load(wrong, List.of()))
                .isInstanceOfSatisfying(KernelException.class, e -> {
                    assertThat(e.operation()).isEqualTo("load program wrong for connect4");
                    assertThat(e.kernelText()).contains("R3 !read_ok");
                });
    }

    /** Stores the port with the socket, and the socket's cookie until it is closed. */
    private static Assembler remembers(long namespace) {
        return new Assembler()
                .set(R6, R1)
                .call(KernelFunction.NAMESPACE_COOKIE)
                .setLong(R1, namespace)
                .jumpIf(R0, Condition.NOT_EQUAL, R1, "out")
                .load(Width.WORD, R7, R6, PORT)
                .setMap(R1, "asked")
                .load(Width.LONG, R2, R6, SOCKET)
                .set(R3, 0)
                .set(R4, 1)
                .call(KernelFunction.SOCKET_STORAGE_GET)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .store(Width.WORD, R0, 0, R7)
                .set(R1, R6)
                .call(KernelFunction.SOCKET_COOKIE)
                .store(Width.LONG, R10, -8, R0)
                .setMap(R1, "open")
                .setStack(R2, -8)
                .setStack(R3, -8)
                .set(R4, 0)
                .call(KernelFunction.MAP_UPDATE)
                .label("out")
                .set(R0, 1)
                .exit();
    }

    /** Once more by the number that was stored. */
    private static Program tells() {
        return new Assembler()
                .set(R6, R1)
                .setMap(R1, "asked")
                .load(Width.LONG, R2, R6, SOCKET)
                .set(R3, 0)
                .set(R4, 0)
                .call(KernelFunction.SOCKET_STORAGE_GET)
                .jumpIf(R0, Condition.EQUAL, 0, "out")
                .set(R7, networkOrder(7))
                .store(Width.WORD, R6, PORT, R7)
                .label("out")
                .set(R0, 1)
                .exit()
                .program("tells", Hook.RECVMSG4);
    }

    private static Program forgets() {
        return new Assembler()
                .call(KernelFunction.SOCKET_COOKIE)
                .store(Width.LONG, R10, -8, R0)
                .setMap(R1, "open")
                .setStack(R2, -8)
                .call(KernelFunction.MAP_DELETE)
                .set(R0, 1)
                .exit()
                .program("forgets", Hook.RELEASE);
    }

    @Test
    void aSocketIsRememberedFoundAndDestroyed() throws Exception {
        try (Namespace namespace = Namespace.own();
                BpfMap asked = BpfMap.create(MapSpec.sockets("asked", 8));
                BpfMap open = BpfMap.create(MapSpec.hash("open", 8, 8, 100));
                LoadedProgram connect = LoadedProgram.load(
                        remembers(namespace.cookie()).program("remembers", Hook.CONNECT4), List.of(asked, open));
                LoadedProgram receive = LoadedProgram.load(tells(), List.of(asked));
                LoadedProgram release = LoadedProgram.load(forgets(), List.of(open));
                DatagramSocket server = new DatagramSocket(0, LOOPBACK);
                UdpSockets sockets = UdpSockets.in(namespace);
                ProgramLink _ = ProgramLink.atCgroup(connect, group.path());
                ProgramLink _ = ProgramLink.atCgroup(receive, group.path());
                ProgramLink _ = ProgramLink.atCgroup(release, group.path())) {
            try (DatagramChannel client = DatagramChannel.open(StandardProtocolFamily.INET)) {
                client.connect(server.getLocalSocketAddress());
                long cookie = ByteBuffer.wrap(open.keys().getFirst())
                        .order(ByteOrder.nativeOrder())
                        .getLong();

                client.write(ByteBuffer.wrap(new byte[] {1}));
                DatagramPacket packet = new DatagramPacket(new byte[10], 10);
                server.receive(packet);
                server.send(packet);
                assertThat(((InetSocketAddress) client.receive(ByteBuffer.allocate(10))).getPort())
                        .as("the stored socket's senders are told another port")
                        .isEqualTo(7);

                UdpSockets.Found found = sockets.connected().stream()
                        .filter(one -> one.cookie() == cookie)
                        .findFirst()
                        .orElseThrow();
                assertThat(sockets.destroy(found)).isTrue();
                assertThatThrownBy(() -> client.read(ByteBuffer.allocate(10)))
                        .hasMessageContaining("Software caused connection abort");
                assertThat(sockets.destroy(found)).isFalse();
                assertThat(open.keys()).hasSize(1);
            }
            assertThat(open.keys()).as("forgotten with the socket").isEmpty();
        }
    }
}
