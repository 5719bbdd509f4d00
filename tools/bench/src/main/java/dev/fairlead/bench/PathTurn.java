// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a client measured in one turn, on the thread that is where the client is. Connections are ended by a reset, so that no
 * port waits.
 */
final class PathTurn {
    private static final long CONNECTING = 150_000_000; // ns
    private static final long ASKING = 60_000_000;
    private static final long STREAMING = 200_000_000;
    private static final int MOST = 1 << 16;
    private static final int CHUNK = 1 << 17;

    /** The figures of a turn, all but the last in µs. */
    enum Figure {
        CONNECT,
        CONNECT_P99,
        WHOLE,
        WHOLE_P99,
        ROUND_TRIP,
        ROUND_TRIP_P99,
        GIGABITS
    }

    private final long[] one = new long[MOST];
    private final long[] other = new long[MOST];
    private final ByteBuffer request = ByteBuffer.allocateDirect(PathLab.REQUEST);
    private final ByteBuffer reply = ByteBuffer.allocateDirect(PathLab.REPLY);
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

    /**
     * Takes a turn.
     *
     * @param first of the three ports
     */
    Map<Figure, Double> take(InetSocketAddress first) throws IOException {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        int connections = connect(port(first, PathLab.ANSWER));
        figures.put(Figure.CONNECT, micros(one, connections, 0.5));
        figures.put(Figure.CONNECT_P99, micros(one, connections, 0.99));
        figures.put(Figure.WHOLE, micros(other, connections, 0.5));
        figures.put(Figure.WHOLE_P99, micros(other, connections, 0.99));
        int bytes = ask(port(first, PathLab.ECHO));
        figures.put(Figure.ROUND_TRIP, micros(one, bytes, 0.5));
        figures.put(Figure.ROUND_TRIP_P99, micros(one, bytes, 0.99));
        figures.put(Figure.GIGABITS, stream(port(first, PathLab.SINK)));
        return figures;
    }

    private static InetSocketAddress port(InetSocketAddress first, int what) {
        return new InetSocketAddress(first.getAddress(), first.getPort() + what);
    }

    private static double micros(long[] nanos, int count, double share) {
        Arrays.sort(nanos, 0, count);
        return nanos[(int) (count * share)] / 1e3;
    }

    private static SocketChannel open() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** Until it is established; and until its answer is there and it is closed. */
    private int connect(InetSocketAddress to) throws IOException {
        int count = 0;
        long end = System.nanoTime() + CONNECTING;
        for (; count < MOST && System.nanoTime() < end; count++) {
            long begin;
            try (SocketChannel channel = open()) {
                begin = System.nanoTime();
                channel.connect(to);
                one[count] = System.nanoTime() - begin;
                channel.write(request.clear());
                for (reply.clear(); reply.hasRemaining(); ) {
                    read(channel, reply);
                }
            }
            other[count] = System.nanoTime() - begin;
        }
        return count;
    }

    /** One byte there and back, over one connection. */
    private int ask(InetSocketAddress to) throws IOException {
        int count = 0;
        try (SocketChannel channel = open()) {
            channel.connect(to);
            long end = System.nanoTime() + ASKING;
            request.limit(1);
            for (; count < MOST && System.nanoTime() < end; count++) {
                long begin = System.nanoTime();
                channel.write(request.rewind());
                read(channel, reply.clear());
                one[count] = System.nanoTime() - begin;
            }
        }
        return count;
    }

    private double stream(InetSocketAddress to) throws IOException {
        try (SocketChannel channel = open()) {
            channel.connect(to);
            long bytes = 0;
            long begin = System.nanoTime();
            long now = begin;
            for (; now < begin + STREAMING; now = System.nanoTime()) {
                bytes += channel.write(chunk.clear());
            }
            return 8.0 * bytes / (now - begin);
        }
    }

    private static void read(SocketChannel channel, ByteBuffer into) throws IOException {
        if (channel.read(into) < 0) {
            throw new EOFException("a connection was ended without its answer");
        }
    }
}
