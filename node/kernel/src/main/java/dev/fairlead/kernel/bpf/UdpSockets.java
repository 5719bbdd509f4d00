// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.message.MessageWriter;
import dev.fairlead.kernel.message.NetlinkSocket;
import dev.fairlead.kernel.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Connected UDP sockets of a namespace, and their end (sock_diag(7)). A destroyed socket stays open for its process, but
 * connected to nobody: a receive that waits fails with ECONNABORTED, else the next send with EDESTADDRREQ, and it may
 * connect again. Needs CAP_NET_ADMIN and CONFIG_INET_DIAG_DESTROY (Linux 4.9); what programs stored with a socket the kernel
 * does not tell of UDP's.
 */
public final class UdpSockets implements AutoCloseable {
    /** A socket. */
    public static final class Found {
        private final int family;
        private final byte[] identity;

        private Found(int family, byte[] identity) {
            this.family = family;
            this.identity = identity;
        }

        /** The number by which programs know it ({@link KernelFunction#SOCKET_COOKIE}). */
        public long cookie() {
            return MemorySegment.ofArray(identity).get(ValueLayout.JAVA_LONG_UNALIGNED, COOKIE);
        }
    }

    private static final int BY_FAMILY = 20;
    private static final int DESTROY = 21;
    private static final int UDP = 17;
    private static final int ESTABLISHED = 1 << 1; // connected, in UDP's words
    private static final int IDENTITY = 48;
    private static final int COOKIE = 40;
    private static final int[] FAMILIES = {2, 10};

    private final NetlinkSocket socket;
    private final MessageWriter request = new MessageWriter(1 << 12);

    private UdpSockets(NetlinkSocket socket) {
        this.socket = socket;
    }

    public static UdpSockets in(Namespace namespace) {
        return new UdpSockets(NetlinkSocket.open(namespace, NetlinkSocket.SOCK_DIAG));
    }

    /** Those that are connected. */
    public List<Found> connected() {
        List<Found> found = new ArrayList<>();
        for (int family : FAMILIES) {
            begin(BY_FAMILY, MessageWriter.DUMP, family);
            raw(new byte[IDENTITY]);
            request.end();
            found.addAll(socket.list(
                    "list UDP sockets",
                    request,
                    answer -> new Found(family, answer.asSlice(4, IDENTITY).toArray(ValueLayout.JAVA_BYTE))));
        }
        return found;
    }

    /** Ends a socket; false if it has ended already. */
    public boolean destroy(Found found) {
        begin(DESTROY, MessageWriter.ACK, found.family);
        raw(found.identity);
        request.end();
        try {
            socket.execute("destroy UDP socket", request);
            return true;
        } catch (KernelException e) {
            if (e.isNotFound()) {
                return false;
            }
            throw e;
        }
    }

    /** A request up to the identity ({@code struct inet_diag_req_v2}). */
    private MessageWriter begin(int type, int flags, int family) {
        return request.clear().begin(type, flags).u8(family).u8(UDP).u8(0).u8(0).u32(ESTABLISHED);
    }

    private void raw(byte[] bytes) {
        for (byte one : bytes) {
            request.u8(one);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
