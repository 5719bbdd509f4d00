// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sockets of the JDK: they run everywhere and cannot take foreign addresses. */
public final class ChannelSockets implements Sockets {
    private static final int SCRATCH = 64 * 1024;
    private static final InetSocketAddress NOBODY = new InetSocketAddress(0);

    private final Selector selector;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
    private final List<@Nullable SelectableChannel> channels = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private InetSocketAddress peer = NOBODY;

    /** Opens a selector; the sockets come later. */
    public ChannelSockets() throws IOException {
        selector = Selector.open();
    }

    @Override
    public InetSocketAddress peer() {
        return peer;
    }

    @Override
    public ByteBuffer scratch() {
        return scratch;
    }

    @Override
    public int listen(InetSocketAddress at, int backlog, Admission who) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(family(at));
        return bound(channel, () -> {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(at, backlog);
            return put(channel, SelectionKey.OP_ACCEPT);
        });
    }

    @Override
    public void admit(int handle, Admission who) {
        // the JDK's channels answer everybody
    }

    @Override
    public boolean filters() {
        return false;
    }

    @Override
    public int accept(int listener) throws IOException {
        SocketChannel connection = ((ServerSocketChannel) channel(listener)).accept();
        if (connection == null) {
            return BLOCKED;
        }
        connection.configureBlocking(false);
        connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
        peer = (InetSocketAddress) connection.getRemoteAddress();
        return keep(connection);
    }

    @Override
    public int connect(InetSocketAddress to, @Nullable InetSocketAddress from) throws IOException {
        SocketChannel channel = SocketChannel.open(family(to));
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean made = channel.connect(to);
            return put(channel, made ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT);
        } catch (IOException refused) {
            channel.close();
            return BROKEN;
        }
    }

    @Override
    public void watch(int handle) throws IOException {
        channel(handle).register(selector, SelectionKey.OP_READ, handle);
    }

    @Override
    public boolean connected(int handle) {
        try {
            SocketChannel channel = (SocketChannel) channel(handle);
            if (channel.isConnectionPending() && !channel.finishConnect()) {
                return false;
            }
            key(handle).interestOps(SelectionKey.OP_READ);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    @Override
    public int receive(int handle) {
        SocketChannel channel = (SocketChannel) channel(handle);
        if (!channel.isConnected()) {
            return BLOCKED;
        }
        try {
            int count = channel.read(scratch.clear());
            return count == 0 ? BLOCKED : Math.max(count, END);
        } catch (IOException broken) {
            return BROKEN;
        }
    }

    @Override
    public int send(int handle, int offset, int length, boolean last) {
        SocketChannel channel = (SocketChannel) channel(handle);
        if (!channel.isConnected()) {
            return BLOCKED; // the report of the connection comes anyway
        }
        try {
            int count = channel.write(scratch.limit(offset + length).position(offset));
            if (count < length) {
                key(handle).interestOpsOr(SelectionKey.OP_WRITE);
            }
            return count == 0 ? BLOCKED : count;
        } catch (IOException broken) {
            return BROKEN;
        }
    }

    @Override
    public void reading(int handle, boolean wanted) {
        SelectionKey key = channel(handle).keyFor(selector);
        if (key == null || (key.interestOps() & SelectionKey.OP_CONNECT) != 0) {
            return;
        }
        if (wanted) {
            key.interestOpsOr(SelectionKey.OP_READ);
        } else {
            key.interestOpsAnd(~SelectionKey.OP_READ);
        }
    }

    @Override
    public void shutdownOutput(int handle) {
        try {
            ((SocketChannel) channel(handle)).shutdownOutput();
        } catch (IOException broken) {
            // the break is reported when it is received from
        }
    }

    @Override
    public int receive(InetSocketAddress at, Admission who) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family(at));
        return bound(channel, () -> {
            channel.bind(at);
            return put(channel, SelectionKey.OP_READ);
        });
    }

    @Override
    public int exchange(@Nullable InetSocketAddress from, InetSocketAddress to) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family(to));
        return bound(channel, () -> {
            channel.connect(to);
            return put(channel, SelectionKey.OP_READ);
        });
    }

    @Override
    public int receiveFrom(int handle) {
        try {
            InetSocketAddress from = (InetSocketAddress) ((DatagramChannel) channel(handle)).receive(scratch.clear());
            if (from == null) {
                return BLOCKED;
            }
            peer = from;
            return scratch.position() + 1;
        } catch (IOException refused) {
            return BROKEN;
        }
    }

    @Override
    public void sendTo(int handle, int length, InetSocketAddress to) {
        try {
            ((DatagramChannel) channel(handle)).send(scratch.limit(length).position(0), to);
        } catch (IOException lost) {
            // datagrams may be lost
        }
    }

    @Override
    public void close(int handle, boolean reset) {
        SelectableChannel channel = channel(handle);
        channels.set(handle, null);
        free.push(handle);
        try (channel) {
            if (reset && channel instanceof SocketChannel connection) {
                connection.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException gone) {
            // it is closed all the same
        }
    }

    @Override
    public void settle() {
        try {
            selector.selectNow(); // a registered channel is closed for good by the next selection only
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public InetSocketAddress bound(int handle) throws IOException {
        return (InetSocketAddress) ((NetworkChannel) channel(handle)).getLocalAddress();
    }

    @Override
    public boolean transparent() {
        return false;
    }

    @Override
    public void poll(long millis, Ready ready) throws IOException {
        if (millis == 0 || !selector.selectedKeys().isEmpty()) {
            selector.selectNow();
        } else {
            selector.select(Math.max(millis, 0));
        }
        for (SelectionKey key : selector.selectedKeys()) {
            report(key, ready);
        }
        selector.selectedKeys().clear();
    }

    private void report(SelectionKey key, Ready ready) throws IOException {
        if (!key.isValid()) {
            return;
        }
        int what = key.readyOps();
        int events = (what & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0 ? READABLE | HANGUP : 0;
        if ((what & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
            events |= WRITABLE;
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
        ready.ready((Integer) key.attachment(), events);
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        for (int handle = 0; handle < channels.size(); handle++) {
            if (channels.get(handle) != null) {
                close(handle, false);
            }
        }
        try {
            selector.close();
        } catch (IOException gone) {
            // nothing is left to free
        }
    }

    private interface Opening {
        int open() throws IOException;
    }

    /** Runs {@code opening}; a channel whose opening failed is closed. */
    private static int bound(SelectableChannel channel, Opening opening) throws IOException {
        try {
            channel.configureBlocking(false);
            return opening.open();
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    private int put(SelectableChannel channel, int operations) throws IOException {
        int handle = keep(channel);
        channel.register(selector, operations, handle);
        return handle;
    }

    private int keep(SelectableChannel channel) {
        Integer reused = free.poll();
        if (reused == null) {
            channels.add(channel);
            return channels.size() - 1;
        }
        channels.set(reused, channel);
        return reused;
    }

    private SelectableChannel channel(int handle) {
        SelectableChannel channel = channels.get(handle);
        if (channel == null) {
            throw new IllegalStateException("socket " + handle + " is closed");
        }
        return channel;
    }

    private SelectionKey key(int handle) {
        SelectionKey key = channel(handle).keyFor(selector);
        if (key == null) {
            throw new IllegalStateException("socket " + handle + " is not watched");
        }
        return key;
    }

    private static ProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
