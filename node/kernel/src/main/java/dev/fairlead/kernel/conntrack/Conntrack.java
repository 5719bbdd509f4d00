// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.conntrack;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.message.Attributes;
import dev.fairlead.kernel.message.MessageWriter;
import dev.fairlead.kernel.message.NetlinkSocket;
import dev.fairlead.kernel.namespace.Namespace;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connection tracking of one network namespace. Any thread may use it, one call runs at a time. Needs CAP_NET_ADMIN;
 * every method may throw {@link KernelException}.
 */
public final class Conntrack implements AutoCloseable {
    /** IPPROTO_UDP. */
    public static final int UDP = 17;

    private static final int GET = 0x101;
    private static final int DELETE = 0x102;
    private static final int ORIGINAL = 1;
    private static final int REPLY = 2;
    private static final int FILTER = 25;
    private static final int FILTER_ORIGINAL = 1;
    private static final int FILTER_REPLY = 2;
    private static final int BY_PROTOCOL = 1 << 3;
    private static final int IP = 1;
    private static final int PROTOCOL = 2;
    private static final int[] FAMILIES = {2, 10}; // AF_INET, AF_INET6

    private final NetlinkSocket socket;
    private final MessageWriter request = new MessageWriter(1 << 12);

    private Conntrack(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens the tracking of a namespace. */
    public static Conntrack in(Namespace namespace) {
        return new Conntrack(NetlinkSocket.open(namespace, NetlinkSocket.NETFILTER));
    }

    /**
     * Every connection of a protocol, both families; the kernel leaves the others out. Some 1 µs for each connection there
     * is.
     */
    public synchronized List<Flow> flows(int protocol) {
        List<Flow> flows = new ArrayList<>();
        for (int family : FAMILIES) {
            begin(GET, family, MessageWriter.DUMP);
            long tuple = request.nest(ORIGINAL);
            long of = request.nest(PROTOCOL);
            request.attribute(1, new byte[] {(byte) protocol});
            request.end(of);
            request.end(tuple);
            long filter = request.nest(FILTER);
            request.attribute(FILTER_ORIGINAL, BY_PROTOCOL).attribute(FILTER_REPLY, 0);
            request.end(filter);
            request.end();
            flows.addAll(socket.list("read connections", request, Conntrack::flow));
        }
        return flows;
    }

    private static @Nullable Flow flow(MemorySegment message) {
        Attributes attributes = new Attributes(message.asSlice(4)); // struct nfgenmsg
        Attributes original = attributes.nested(ORIGINAL);
        Attributes reply = attributes.nested(REPLY);
        InetSocketAddress client = end(original, true);
        InetSocketAddress asked = end(original, false);
        InetSocketAddress answerer = end(reply, true);
        InetSocketAddress answered = end(reply, false);
        if (client == null || asked == null || answerer == null || answered == null) {
            return null; // of a protocol without ports
        }
        int protocol = original.nested(PROTOCOL).bytes(1).get(ValueLayout.JAVA_BYTE, 0) & 0xff;
        return new Flow(protocol, client, asked, answerer, answered);
    }

    private static @Nullable InetSocketAddress end(Attributes tuple, boolean source) {
        Attributes ip = tuple.nested(IP);
        InetAddress address = ip.address(source ? 1 : 2);
        if (address == null) {
            address = ip.address(source ? 3 : 4);
        }
        MemorySegment port = tuple.nested(PROTOCOL).bytes(source ? 2 : 3);
        if (address == null || port.byteSize() < 2) {
            return null;
        }
        int number = (port.get(ValueLayout.JAVA_BYTE, 0) & 0xff) << 8 | port.get(ValueLayout.JAVA_BYTE, 1) & 0xff;
        return new InetSocketAddress(address, number);
    }

    /** Forgets a connection: its next packet is looked at as a new one's. Nothing happens if it is gone already. */
    public synchronized void forget(Flow flow) {
        boolean v4 = flow.client().getAddress().getAddress().length == 4;
        begin(DELETE, v4 ? FAMILIES[0] : FAMILIES[1], MessageWriter.ACK);
        long tuple = request.nest(ORIGINAL);
        long ip = request.nest(IP);
        request.attribute(v4 ? 1 : 3, flow.client().getAddress())
                .attribute(v4 ? 2 : 4, flow.asked().getAddress());
        request.end(ip);
        long protocol = request.nest(PROTOCOL);
        request.attribute(1, new byte[] {(byte) flow.protocol()})
                .attribute(2, port(flow.client()))
                .attribute(3, port(flow.asked()));
        request.end(protocol);
        request.end(tuple);
        request.end();
        try {
            socket.execute("forget connection " + flow, request);
        } catch (KernelException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    private static byte[] port(InetSocketAddress address) {
        return new byte[] {(byte) (address.getPort() >> 8), (byte) address.getPort()};
    }

    private void begin(int type, int family, int flags) {
        request.clear().begin(type, flags);
        request.u8(family).u8(0).big16(0);
    }

    @Override
    public void close() {
        socket.close();
    }
}
