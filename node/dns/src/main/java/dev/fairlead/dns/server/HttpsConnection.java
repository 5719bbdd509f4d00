// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One connection for DNS over HTTPS (RFC 8484), by HTTP/1.1: GET with {@code ?dns=} and POST, one request after the other, heads
 * of at most 16 KiB. Whoever is slow with a request, or sends none for too long, is cut off.
 */
final class HttpsConnection {
    private static final String PATH = "/dns-query";
    private static final String TYPE = "application/dns-message";
    private static final int MOST_HEAD = 16_384;
    private static final int MOST_BODY = 65_535;

    private final Supplier<Desk> desks;
    private final Time time;
    private final Duration patience;

    /**
     * Serves a connection when told to.
     *
     * @param desks the one there is just then
     * @param patience for one request and its answer; the socket has its own for silence
     */
    HttpsConnection(Supplier<Desk> desks, Time time, Duration patience) {
        this.desks = desks;
        this.time = time;
        this.patience = patience;
    }

    /** The head of a request; names of headers are in lower case. */
    private record Head(String method, String target, boolean old, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name, "").strip();
        }

        boolean last() {
            return old || header("connection").toLowerCase(Locale.ROOT).contains("close");
        }
    }

    /** A request that is not answered with a message of DNS. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String status) {
            super(status, null, false, false);
        }
    }

    /** Serves it to its end. */
    void serve(Socket socket, InetSocketAddress from) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        in.mark(1);
        while (in.read() >= 0) {
            in.reset();
            Time.Timer tooSlow = time.schedule(patience, () -> Connections.close(socket));
            boolean last;
            try {
                last = serve(in, socket, from);
            } finally {
                tooSlow.cancel();
            }
            if (last) {
                return;
            }
            in.mark(1);
        }
    }

    /** Answers one request; whether it was the last. */
    private boolean serve(InputStream in, Socket socket, InetSocketAddress from)
            throws IOException, InterruptedException {
        boolean last = true;
        byte[] answer;
        try {
            Head head = head(in);
            byte[] message = message(head, in);
            answer = answer(message, from);
            last = head.last();
        } catch (Refused refused) {
            answer = ("HTTP/1.1 " + refused.getMessage() + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        socket.getOutputStream().write(answer);
        socket.getOutputStream().flush();
        return last;
    }

    private static Head head(InputStream in) throws IOException, Refused {
        int room = MOST_HEAD;
        String request = line(in, room);
        String[] words = request.split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new Refused("400 Bad Request");
        }
        Map<String, String> headers = new HashMap<>();
        room -= request.length();
        for (String line = line(in, room); !line.isEmpty(); line = line(in, room)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new Refused("400 Bad Request");
            }
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1));
            room -= line.length();
        }
        return new Head(words[0], words[1], words[2].equals("HTTP/1.0"), headers);
    }

    private static String line(InputStream in, int room) throws IOException, Refused {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("the connection ended within a head");
            }
            if (line.size() >= room) {
                throw new Refused("431 Request Header Fields Too Large");
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private static byte[] message(Head head, InputStream in) throws IOException, Refused {
        String[] target = head.target.split("\\?", 2);
        if (!target[0].equals(PATH)) {
            throw new Refused("404 Not Found");
        }
        return switch (head.method) {
            case "GET" -> parameter(target.length > 1 ? target[1] : "");
            case "POST" -> body(head, in);
            default -> throw new Refused("405 Method Not Allowed\r\nAllow: GET, POST");
        };
    }

    private static byte[] parameter(String query) throws Refused {
        for (String pair : List.of(query.split("&"))) {
            if (pair.startsWith("dns=")) {
                try {
                    return Base64.getUrlDecoder().decode(pair.substring("dns=".length()));
                } catch (IllegalArgumentException broken) {
                    break;
                }
            }
        }
        throw new Refused("400 Bad Request");
    }

    private static byte[] body(Head head, InputStream in) throws IOException, Refused {
        if (!head.header("content-type").equalsIgnoreCase(TYPE)) {
            throw new Refused("415 Unsupported Media Type");
        }
        String length = head.header("content-length");
        if (!length.matches("[0-9]{1,9}")) {
            throw new Refused("411 Length Required");
        }
        if (Integer.parseInt(length) > MOST_BODY) {
            throw new Refused("413 Content Too Large");
        }
        return in.readNBytes(Integer.parseInt(length));
    }

    private byte[] answer(byte[] message, InetSocketAddress from) throws InterruptedException, Refused {
        Desk desk = desks.get();
        byte[] answer = switch (desk.receive(ByteBuffer.wrap(message), from, Transport.HTTPS)) {
            case Desk.Reception.Dropped() -> throw new Refused("400 Bad Request");
            case Desk.Reception.Ready(byte[] ready) -> ready;
            case Desk.Reception.Waiting(Desk.Asked asked) -> desk.await(asked);
        };
        String head = "HTTP/1.1 200 OK\r\nContent-Type: " + TYPE + "\r\nContent-Length: " + answer.length
                + "\r\nCache-Control: max-age=" + lifetime(message, answer) + "\r\n\r\n";
        byte[] bytes = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + answer.length);
        System.arraycopy(answer, 0, bytes, head.length(), answer.length);
        return bytes;
    }

    /** For how many seconds the answer may be remembered (RFC 8484 §5.1). */
    private static long lifetime(byte[] message, byte[] answer) {
        try {
            Query query = Query.read(ByteBuffer.wrap(message));
            return UpstreamReply.read(answer, query.id(), query).lifetime();
        } catch (MalformedException notRemembered) {
            return 0;
        }
    }
}
