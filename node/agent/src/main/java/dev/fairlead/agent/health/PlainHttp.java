// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import dev.fairlead.wire.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * A small HTTP/1.1 server for questions without a body: one request a connection, any method but HEAD is answered alike,
 * heads of at most 8 KiB, 5 s for each reading, 64 connections at a time. Virtual threads wait.
 */
public final class PlainHttp implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PlainHttp.class.getName());
    private static final int MOST_HEAD = 8192;
    private static final int MOST_CONNECTIONS = 64;
    private static final int PATIENCE_MILLIS = 5000;

    private final ServerSocketChannel listener;
    private final Function<String, Answer> answers;
    private final Time time;
    private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private PlainHttp(ServerSocketChannel listener, Function<String, Answer> answers, Time time) {
        this.listener = listener;
        this.answers = answers;
        this.time = time;
    }

    /**
     * Begins to answer on a listening socket, which it closes in the end.
     *
     * @param answers from a path without its query; safe for several threads
     */
    public static PlainHttp serve(ServerSocketChannel listener, Function<String, Answer> answers, Time time) {
        PlainHttp server = new PlainHttp(listener, answers, time);
        Thread.ofVirtual().name("plain-http").start(server::acceptAll);
        return server;
    }

    /** The port it listens on. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    private void acceptAll() {
        try {
            while (true) {
                room.acquire();
                Socket connection = listener.accept().socket();
                open.add(connection);
                Thread.ofVirtual().name("plain-http-connection").start(() -> answer(connection));
            }
        } catch (IOException closed) {
            // no more connections
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            String[] request =
                    head(connection.getInputStream()).split("\r?\n", 2)[0].split(" ");
            boolean understood = request.length == 3 && request[2].startsWith("HTTP/1.");
            Answer answer = understood
                    ? answers.apply(request[1].replaceAll("\\?.*", ""))
                    : Answer.of(400, "text/plain; charset=utf-8", "400 Bad Request\n");
            connection.getOutputStream().write(bytes(answer, request[0].equals("HEAD")));
            connection.getOutputStream().flush();
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "a question was not answered: {0}", gone.getMessage());
        } finally {
            open.remove(connection);
            room.release();
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.contains("\r\n\r\n") && !text.contains("\n\n")) {
            byte[] buffer = new byte[1024];
            int count = in.read(buffer);
            if (count < 0 || head.size() + count > MOST_HEAD) {
                break;
            }
            head.write(buffer, 0, count);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private byte[] bytes(Answer answer, boolean headOnly) {
        byte[] body = answer.bytes();
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " " + reason(answer.status()) + "\r\n");
        answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Date: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(time.now().atOffset(ZoneOffset.UTC)) + "\r\n");
        head.append("Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!headOnly) {
            all.writeBytes(body);
        }
        return all.toByteArray();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 503 -> "Service Unavailable";
            default -> String.format(Locale.ROOT, "Status %d", status);
        };
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "an HTTP server did not close: {0}", gone.getMessage());
        }
    }
}
