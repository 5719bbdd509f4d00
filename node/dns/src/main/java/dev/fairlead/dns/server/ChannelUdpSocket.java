// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Rows of one, by the JDK's own sockets. */
final class ChannelUdpSocket implements UdpSocket {
    private static final int LARGEST = 65_535;

    private final DatagramChannel channel;
    private final boolean v6;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
    private final ByteBuffer out = ByteBuffer.allocateDirect(LARGEST);
    private InetSocketAddress from = new InetSocketAddress(0);

    private ChannelUdpSocket(DatagramChannel channel, boolean v6) {
        this.channel = channel;
        this.v6 = v6;
    }

    static ChannelUdpSocket open(InetSocketAddress at) throws IOException {
        boolean v6 = at.getAddress() instanceof Inet6Address;
        DatagramChannel channel = DatagramChannel.open(v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        try {
            return new ChannelUdpSocket(channel.bind(at), v6);
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
    }

    @Override
    public int receive() throws IOException {
        buffer.clear();
        from = (InetSocketAddress) channel.receive(buffer);
        buffer.flip();
        out.clear().limit(0);
        return 1;
    }

    @Override
    public int take(int slot, byte[] into) {
        int count = Math.min(buffer.limit(), into.length);
        buffer.get(0, into, 0, count);
        return count;
    }

    @Override
    public InetSocketAddress from(int slot) {
        return from;
    }

    @Override
    public void answer(int slot, byte[] answer, int length) {
        out.clear().put(answer, 0, length).flip();
    }

    @Override
    public void send() throws IOException {
        if (out.hasRemaining()) {
            channel.send(out, from);
        }
    }

    @Override
    public void sendLater(byte[] answer, InetSocketAddress to) throws IOException {
        channel.send(ByteBuffer.wrap(answer), to);
    }

    @Override
    public boolean isV6() {
        return v6;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
