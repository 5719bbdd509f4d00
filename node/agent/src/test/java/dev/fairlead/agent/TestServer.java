// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What runs in the pods of these tests: HTTP/1.1 on port 8080, datagrams sent back on port 8081. After SIGTERM it does what
 * a well-mannered server does: it accepts nothing more, answers what it was asked with {@code Connection: close}, answers
 * the datagrams that are here already, and ends when all connections are done. With the argument {@code abrupt} it just
 * dies.
 */
public final class TestServer {
    private static final int LONGEST_DRAIN_MILLIS = 8000;
    private static final int LONGEST_DATAGRAMS_MILLIS = 50;
    private static final int LOOK_MILLIS = 5;
    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    private final ServerSocket http;
    private final DatagramSocket udp;
    private final AtomicInteger open = new AtomicInteger();
    private final Thread datagrams = Thread.ofPlatform().daemon().unstarted(this::answerDatagrams);
    private volatile boolean draining;
    private volatile long answerUntil;

    private TestServer() throws IOException {
        udp = new DatagramSocket(8081); // first: readiness is asked by HTTP
        http = new ServerSocket();
        http.setReuseAddress(true);
        http.bind(new InetSocketAddress(8080), 512);
    }

    public static void main(String[] arguments) throws IOException {
        TestServer server = new TestServer();
        if (arguments.length == 0) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::drain));
        }
        server.datagrams.start();
        server.accept();
    }

    private void drain() {
        answerUntil = System.nanoTime() + LONGEST_DATAGRAMS_MILLIS * 1_000_000L;
        draining = true;
        long end = System.nanoTime() + LONGEST_DRAIN_MILLIS * 1_000_000L;
        try {
            http.close();
            datagrams.join();
            while (open.get() > 0 && System.nanoTime() < end) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
        } catch (IOException | InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = http.accept();
                open.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            park(); // the shutdown hook ends the process
        }
    }

    private static void park() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            String head = head(socket.getInputStream());
            while (!head.isEmpty()) {
                boolean last = draining || head.contains("Connection: close");
                String body = socket.getLocalAddress().getHostAddress() + " "
                        + socket.getInetAddress().getHostAddress() + "\n";
                String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n"
                        + (last ? "Connection: close\r\n" : "") + "\r\n" + body;
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                if (last) {
                    return;
                }
                head = head(socket.getInputStream());
            }
        } catch (IOException gone) {
            // the client's matter
        } finally {
            open.decrementAndGet();
        }
    }

    /** A request up to its empty line; empty at the end of the stream. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.append((char) next);
            if (next == '\n' && head.length() > 3 && head.lastIndexOf("\r\n\r\n") == head.length() - 4) {
                return head.toString();
            }
        }
        return "";
    }

    /** Until, after SIGTERM, none is left; or too many still come. */
    private void answerDatagrams() {
        byte[] buffer = new byte[2048];
        try (udp) {
            udp.setSoTimeout(LOOK_MILLIS);
            while (!draining || System.nanoTime() < answerUntil) {
                if (!answered(new DatagramPacket(buffer, buffer.length)) && draining) {
                    return;
                }
            }
        } catch (IOException broken) {
            // the clients will notice
        }
    }

    private boolean answered(DatagramPacket packet) throws IOException {
        try {
            udp.receive(packet);
            udp.send(packet);
            return true;
        } catch (SocketTimeoutException none) {
            return false;
        }
    }
}
