// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Two clients that connect to a Service all the time, and note who is refused. */
final class GapClients implements AutoCloseable {
    private static final int CLIENTS = 2;
    private static final long PAUSE = 200_000; // ns: others need the processors too

    /** How many connects were refused, and when the last of them began. */
    record Refused(int count, long last) {}

    private final InetSocketAddress service;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;
    private Refused refused = new Refused(0, 0);

    GapClients(InetSocketAddress service) {
        this.service = service;
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(this::connect));
        }
    }

    private void connect() {
        while (!over) {
            long began = System.nanoTime();
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                channel.connect(service);
            } catch (ConnectException nobody) {
                note(began);
            } catch (IOException other) {
                System.err.println("bench: a connect failed: " + other.getMessage());
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private synchronized void note(long began) {
        refused = new Refused(refused.count + 1, Math.max(refused.last, began));
    }

    /** Counts anew. */
    synchronized void forget() {
        refused = new Refused(0, 0);
    }

    synchronized Refused refused() {
        return refused;
    }

    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
