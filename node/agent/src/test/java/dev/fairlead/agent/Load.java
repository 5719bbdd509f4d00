// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.kernel.testing.Host;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask without a pause until they are told to stop, and count what went wrong. */
final class Load implements AutoCloseable {
    /** Without it a machine at rest asks more than a server that has just started can accept. */
    private static final long PAUSE = 2_000_000;

    private static final int TIMEOUT_MILLIS = 3000;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong requests = new AtomicLong();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private volatile boolean over;

    /** One request, or one exchange on a connection that is kept. */
    private interface Asking {
        void ask() throws IOException;
    }

    /** A new connection for each request. */
    Load shortTcp(Host from, InetAddress to, int port) {
        return loop("short TCP", () -> {
            try (Socket socket = open(from, to, port)) {
                expectAnswer(socket, reader(socket), "Connection: close\r\n");
            }
        });
    }

    /** One connection for as long as the server lets it live: until it says {@code Connection: close}. */
    Load keepAlive(Host from, InetAddress to, int port) {
        return loop("keep-alive", () -> {
            try (Socket socket = open(from, to, port)) {
                BufferedReader reader = reader(socket);
                boolean kept = true;
                while (kept && !over) {
                    kept = expectAnswer(socket, reader, "");
                    requests.incrementAndGet();
                    LockSupport.parkNanos(PAUSE);
                }
            }
        });
    }

    /** One datagram each way, from one port for ten exchanges. */
    Load udp(Host from, InetAddress to, int port) {
        return loop("UDP", () -> {
            try (DatagramSocket socket = from.call(() -> new DatagramSocket())) {
                socket.setSoTimeout(TIMEOUT_MILLIS);
                for (int i = 0; i < 10 && !over; i++) {
                    byte[] question = ("q" + i).getBytes(StandardCharsets.US_ASCII);
                    socket.send(new DatagramPacket(question, question.length, to, port));
                    DatagramPacket answer = new DatagramPacket(new byte[64], 64);
                    socket.receive(answer);
                    requests.incrementAndGet();
                }
            }
        });
    }

    private Load loop(String name, Asking asking) {
        threads.add(Thread.ofPlatform().daemon().name("load-" + name).start(() -> {
            while (!over) {
                try {
                    asking.ask();
                    requests.incrementAndGet();
                    LockSupport.parkNanos(PAUSE);
                } catch (IOException failure) {
                    failures.computeIfAbsent(name + ": " + failure, any -> new AtomicLong())
                            .incrementAndGet();
                }
            }
        }));
        return this;
    }

    private static Socket open(Host from, InetAddress to, int port) throws IOException {
        Socket socket = from.call(() -> {
            Socket made = new Socket();
            made.bind(new InetSocketAddress(0)); // the socket is made here, inside
            return made;
        });
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(to, port), TIMEOUT_MILLIS);
            return socket;
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Asks and reads one answer; whether the connection may be used again. */
    private static boolean expectAnswer(Socket socket, BufferedReader reader, String header) throws IOException {
        socket.getOutputStream()
                .write(("GET / HTTP/1.1\r\nHost: web\r\n" + header + "\r\n").getBytes(StandardCharsets.US_ASCII));
        boolean kept = true;
        int length = -1;
        String line = reader.readLine();
        if (line == null || !line.startsWith("HTTP/1.1 200")) {
            throw new IOException(line == null ? "the connection ended without an answer" : line);
        }
        for (line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            kept &= !line.equals("Connection: close");
            length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
        }
        if (length < 0 || !skipped(reader, length)) {
            throw new IOException("the answer was cut short");
        }
        return kept;
    }

    private static boolean skipped(BufferedReader reader, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            if (reader.read() < 0) {
                return false;
            }
        }
        return true;
    }

    long requests() {
        return requests.get();
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
