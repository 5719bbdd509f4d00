// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.echo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Just enough HTTP/1.1: requests without bodies, connections kept alive until the server drains. */
final class HttpServer implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long PATIENCE_MILLIS = 5000;

    /** What is answered. */
    record Answer(int status, String body) {}

    /** Who answers. */
    interface Handler {
        Answer answer(String method, String path, InetAddress client);
    }

    private final ServerSocket listener;
    private final Handler handler;
    private final AtomicInteger busy = new AtomicInteger();
    private volatile boolean draining;

    HttpServer(InetSocketAddress at, Handler handler) throws IOException {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(at, BACKLOG);
        this.handler = handler;
    }

    void serve() throws IOException {
        while (!draining) {
            try {
                Socket connection = listener.accept();
                busy.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                if (!draining) {
                    throw closed;
                }
            }
        }
    }

    /** Takes no new connections, lets the requests under way finish. */
    void drain() {
        draining = true;
        try {
            listener.close();
            synchronized (busy) {
                long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
                for (long left = PATIENCE_MILLIS;
                        busy.get() > 0 && left > 0;
                        left = (end - System.nanoTime()) / 1_000_000) {
                    busy.wait(left);
                }
            }
        } catch (IOException | InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            connection.setSoTimeout((int) PATIENCE_MILLIS);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1), 1024);
            boolean more = true;
            while (more) {
                more = exchange(in, connection.getOutputStream(), connection.getInetAddress());
            }
        } catch (IOException gone) {
            // the client went away, or said nothing for too long
        } finally {
            busy.decrementAndGet();
            synchronized (busy) {
                busy.notifyAll();
            }
        }
    }

    private boolean exchange(BufferedReader in, OutputStream out, InetAddress client) throws IOException {
        String request = in.readLine();
        if (request == null) {
            return false;
        }
        String[] words = request.split(" ", 3);
        boolean keep = words.length == 3 && words[2].equals("HTTP/1.1");
        for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
            keep &= !header.equalsIgnoreCase("connection: close");
        }
        Answer answer =
                words.length == 3 ? handler.answer(words[0], words[1], client) : new Answer(400, "bad request\n");
        keep &= !draining;
        byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + answer.status + (answer.status == 200 ? " OK" : " Not OK")
                + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                + (keep ? "" : "\r\nConnection: close") + "\r\n\r\n";
        byte[] bytes = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, head.length());
        System.arraycopy(body, 0, bytes, head.length(), body.length);
        out.write(bytes);
        return keep;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
