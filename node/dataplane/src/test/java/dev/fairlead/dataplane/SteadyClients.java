// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.kernel.testing.EchoServer;
import dev.fairlead.kernel.testing.Host;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask {@link EchoServer}s by a Service's address until they are closed, and count what goes wrong. */
final class SteadyClients implements AutoCloseable {
    private static final long PAUSE = 5_000_000; // ns: on two cores others have to run too

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private volatile boolean over;

    private interface Asking {
        void ask() throws IOException;
    }

    /** A new TCP connection for each question. */
    SteadyClients newConnections(Host from, InetAddress to) {
        return loop("new connection of " + from.name(), () -> from.ask(to, 80, "new"));
    }

    /** A new UDP port for each question. */
    SteadyClients newPorts(Host from, InetAddress to) {
        return loop("new UDP port of " + from.name(), () -> from.askUdp(to, 80, "new"));
    }

    /** One connection for all questions; when it breaks, that is a failure. */
    SteadyClients oneConnection(Host from, InetAddress to) {
        return loop("old connection of " + from.name(), () -> {
            try (Socket socket = from.connect(to, 80)) {
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                while (!over) {
                    socket.getOutputStream().write("old\n".getBytes(StandardCharsets.US_ASCII));
                    if (lines.readLine() == null) {
                        throw new EOFException("it was ended");
                    }
                    answered();
                }
            }
        });
    }

    /** One UDP port for all questions. */
    SteadyClients onePort(Host from, InetAddress to) {
        return loop("old UDP port of " + from.name(), () -> {
            try (DatagramSocket socket = from.call(() -> new DatagramSocket())) {
                while (!over) {
                    from.askUdp(socket, to, 80, "old");
                    answered();
                }
            }
        });
    }

    private SteadyClients loop(String name, Asking asking) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            while (!over) {
                try {
                    asking.ask();
                    answered();
                } catch (IOException failure) {
                    failures.computeIfAbsent(name + ": " + failure, any -> new AtomicLong())
                            .incrementAndGet();
                }
            }
        }));
        return this;
    }

    private void answered() {
        answers.incrementAndGet();
        LockSupport.parkNanos(PAUSE);
    }

    long answers() {
        return answers.get();
    }

    /** Waits until so many more questions were answered, or one was not. */
    void awaitAnswers(int more) throws InterruptedException {
        long wanted = answers() + more;
        PlaneLab.await(more + " answers", () -> answers() >= wanted || !failures.isEmpty());
    }

    /** How often each thing went wrong. */
    Map<String, Long> failures() {
        Map<String, Long> counted = new TreeMap<>();
        failures.forEach((what, count) -> counted.put(what, count.get()));
        return counted;
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
