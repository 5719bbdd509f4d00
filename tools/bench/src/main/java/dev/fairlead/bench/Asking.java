// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.kernel.testing.Attempt;
import dev.fairlead.kernel.testing.Host;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Somebody on a host who connects to a Service over and over until the server that is wanted answers. */
final class Asking implements AutoCloseable {
    private static final long PACE = 50_000; // ns between a connection's end and the next
    private static final Arrival OVER = new Arrival(new InetSocketAddress(0), "", new CompletableFuture<>());

    private final BlockingQueue<Arrival> wanted = new LinkedBlockingQueue<>();

    /** A server's answer that is waited for. */
    record Arrival(InetSocketAddress at, String server, CompletableFuture<Long> nanos) {
        /** When it came, as {@link System#nanoTime} tells. */
        long await(Duration patience) throws IOException, InterruptedException {
            try {
                return nanos.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException never) {
                throw new IOException("no connection to " + at + " arrived at " + server, never);
            }
        }
    }

    Asking(Host client) {
        client.namespace().start("asking", this::ask);
    }

    /** Begins to connect. */
    Arrival until(InetSocketAddress at, String server) {
        Arrival arrival = new Arrival(at, server, new CompletableFuture<>());
        wanted.add(arrival);
        return arrival;
    }

    private void ask() {
        try {
            for (Arrival next = wanted.take(); !next.server.isEmpty(); next = wanted.take()) {
                while (!arrived(next) && wanted.isEmpty()) {
                    LockSupport.parkNanos(PACE);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean arrived(Arrival arrival) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.socket().connect(arrival.at, 1000);
            return Attempt.over(channel.socket()).answer().server().equals(arrival.server)
                    && arrival.nanos.complete(System.nanoTime());
        } catch (ConnectException nobody) {
            return false;
        } catch (IOException broken) {
            return arrival.nanos.completeExceptionally(broken);
        }
    }

    @Override
    public void close() {
        wanted.add(OVER);
    }
}
