// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.message.MessageWriter;
import dev.fairlead.kernel.message.NetlinkSocket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Sockets as the kernel lists them to anybody (sock_diag(7), {@code uapi/linux/inet_diag.h}), those in the wished-for
 * states only. A list of listeners costs microseconds, whatever else there is. The text tables of /proc/net have no such
 * choice: a minute of new connections leaves a hundred thousand sockets in TIME_WAIT, and reading past them takes the
 * kernel half a second.
 */
final class SocketList {
    static final int TCP = 6;
    static final int UDP = 17;

    private static final int BY_FAMILY = 20;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int IDENTITY = 48;

    // struct inet_diag_msg
    private static final long STATE = 1;
    private static final long LOCAL_PORT = 4;
    private static final long REMOTE_PORT = 6;
    private static final long LOCAL_ADDRESS = 8;
    private static final long REMOTE_ADDRESS = 24;
    private static final long RECEIVE_QUEUE = 56;
    private static final long SEND_QUEUE = 60;
    private static final long INODE = 68;

    private static final ValueLayout.OfShort BIG_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketList() {}

    /**
     * Those of the calling thread's namespace, of both families.
     *
     * @throws KernelException ENOENT on a system without such lists
     */
    static List<TcpSocket> here(int protocol, Set<TcpSocket.State> states) {
        if (!Files.exists(Path.of("/proc/self/ns/net"))) {
            throw new KernelException("list sockets", Errno.ENOENT, "this system is not Linux, or without /proc");
        }
        List<TcpSocket> sockets = new ArrayList<>();
        try (NetlinkSocket socket = NetlinkSocket.here(NetlinkSocket.SOCK_DIAG)) {
            for (int family : new int[] {AF_INET, AF_INET6}) {
                MessageWriter request = request(family, protocol, states);
                sockets.addAll(socket.list("list sockets", request, answer -> read(family, answer)));
            }
        }
        return sockets;
    }

    /** {@code struct inet_diag_req_v2}. */
    private static MessageWriter request(int family, int protocol, Set<TcpSocket.State> states) {
        int wished = states.stream().mapToInt(state -> 1 << state.number()).sum();
        MessageWriter request = new MessageWriter(1 << 8);
        request.begin(BY_FAMILY, MessageWriter.DUMP)
                .u8(family)
                .u8(protocol)
                .u16(0)
                .u32(wished);
        for (int i = 0; i < IDENTITY; i++) {
            request.u8(0);
        }
        return request.end();
    }

    private static TcpSocket read(int family, MemorySegment answer) {
        return new TcpSocket(
                address(family, answer, LOCAL_ADDRESS, LOCAL_PORT),
                address(family, answer, REMOTE_ADDRESS, REMOTE_PORT),
                TcpSocket.State.of(answer.get(ValueLayout.JAVA_BYTE, STATE)),
                number(answer, RECEIVE_QUEUE),
                number(answer, SEND_QUEUE),
                number(answer, INODE));
    }

    private static long number(MemorySegment answer, long offset) {
        return Integer.toUnsignedLong(answer.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
    }

    private static InetSocketAddress address(int family, MemorySegment answer, long address, long port) {
        byte[] bytes = answer.asSlice(address, family == AF_INET ? 4 : 16).toArray(ValueLayout.JAVA_BYTE);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes), Short.toUnsignedInt(answer.get(BIG_SHORT, port)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are addresses", e);
        }
    }
}
