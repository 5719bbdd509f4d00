// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import dev.fairlead.apiserver.access.Impersonation;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request (RFC 9112) over a connection of its own. Short answers come whole, others as a stream that is passed
 * on as it comes, so that what a pod sends piece by piece arrives piece by piece. A request for another protocol, such as
 * WebSocket, is the pod's to grant; then the connection is the client's.
 */
final class HttpExchange {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 200;
    /** Up to this many bytes an answer is taken whole. */
    private static final long SHORT = 256 * 1024;
    /** What is about one connection, and so is not passed on (RFC 9110, 7.6.1), and what is the server's own business. */
    private static final Set<String> HERE = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "http2-settings");

    private static final int SWITCHING = 101;
    /** By these nothing begins that is a WebSocket. */
    private static final Set<String> SWITCHING_METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

    private static final Pattern UPGRADE = Pattern.compile("(^|,)\\s*upgrade\\s*(,|$)", Pattern.CASE_INSENSITIVE);

    private final Socket socket;
    private final InetSocketAddress place;
    private final Route route;
    private final String scheme;
    private final Duration patience;

    /** @param patience how long the pod may be silent before its answer has begun */
    HttpExchange(Socket socket, InetSocketAddress place, Route route, String scheme, Duration patience) {
        this.socket = socket;
        this.place = place;
        this.route = route;
        this.scheme = scheme;
        this.patience = patience;
    }

    /**
     * The pod's answer. The connection is closed with the answer's end.
     *
     * @throws Refusal 504 when the pod does not begin to answer
     */
    Reply send(Request request) throws IOException {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            socket.getOutputStream().write(bytes(request));
            socket.getOutputStream().flush();
            return read(request);
        } catch (SocketTimeoutException silent) {
            socket.close();
            throw Refusal.podTooSlow(patience);
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private byte[] bytes(Request request) throws IOException {
        StringBuilder head = new StringBuilder();
        head.append(request.method()).append(' ').append(route.forPod()).append(" HTTP/1.1\r\n");
        String host = request.header("host");
        line(head, "host", host == null ? authority() : host);
        request.headers().forEach((name, value) -> {
            // The client's credentials are for the API server alone.
            boolean credentials = name.equals("authorization") || Impersonation.isHeader(name);
            if (!HERE.contains(name) && !name.equals("host") && !credentials) {
                line(head, name, value);
            }
        });
        line(head, "x-forwarded-uri", route.back(route.rest()));
        line(head, "x-forwarded-proto", "https");
        if (host != null) {
            line(head, "x-forwarded-host", host);
        }
        if (request.body().length > 0
                || !Set.of("GET", "HEAD", "OPTIONS", "DELETE").contains(request.method())) {
            line(head, "content-length", Integer.toString(request.body().length));
        }
        String upgrade = upgrade(request);
        if (upgrade != null) {
            line(head, "upgrade", upgrade);
        }
        line(head, "connection", upgrade == null ? "close" : "Upgrade");
        head.append("\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.write(request.body());
        return bytes.toByteArray();
    }

    /** The protocol that the client wants to go on with, or null (RFC 9110, 7.8). The server switches after no body only. */
    private static @Nullable String upgrade(Request request) {
        String connection = request.header("connection");
        String protocol = request.header("upgrade");
        if (protocol == null || connection == null || request.body().length > 0) {
            return null;
        }
        boolean switches = request.method().equals("GET")
                || SWITCHING_METHODS.contains(request.method()) && !protocol.equalsIgnoreCase("websocket");
        return switches && UPGRADE.matcher(connection).find() ? protocol : null;
    }

    private String authority() {
        String host = place.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + place.getPort();
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name)
                .append(": ")
                .append(value.replace('\r', ' ').replace('\n', ' '))
                .append("\r\n");
    }

    private Reply read(Request request) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        int status = status(in);
        Map<String, String> headers = headers(in);
        while (status >= 100 && status < 200 && status != SWITCHING) {
            status = status(in);
            headers = headers(in);
        }
        socket.setSoTimeout(0); // an answer that has begun takes as long as it takes
        boolean upgrade = upgrade(request) != null;
        if (status == SWITCHING && upgrade) {
            return new Reply.Streamed(status, headers, new Switched(socket, in));
        }
        if (status == SWITCHING || upgrade && status < 400) {
            socket.close(); // the client waits for another protocol, and must not take an answer for its beginning
            throw Refusal.internal("invalid upgrade response: status code " + status);
        }
        String length = headers.getOrDefault("content-length", "");
        boolean chunked = headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked");
        Map<String, String> passed = passed(headers);
        if (request.method().equals("HEAD") || status == 204 || status == 304) {
            socket.close();
            return new Reply.Whole(status, passed, new byte[0]);
        }
        Body body = new Body(socket, in, chunked ? Body.CHUNKED : length(length));
        if (!chunked && !length.isEmpty() && length(length) <= SHORT) {
            return new Reply.Whole(status, passed, body.whole());
        }
        return new Reply.Streamed(status, passed, body);
    }

    private static long length(String text) throws IOException {
        if (text.isEmpty()) {
            return Body.UNTIL_CLOSED;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new IOException("the answer's content-length is no number: " + text);
        }
        return Long.parseLong(text);
    }

    private static int status(InputStream in) throws IOException {
        String line = Body.line(in, LONGEST_LINE);
        if (!line.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
            throw new IOException(
                    line.isEmpty() ? "the connection ended without an answer" : "the answer is not HTTP/1.1");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int count = 0; ; count++) {
            String line = Body.line(in, LONGEST_LINE);
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon < 1 || count == MOST_HEADERS) {
                throw new IOException("the answer has a header that cannot be read");
            }
            String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String between = name.equals("set-cookie") || name.equals("warning") ? "\n" : ", ";
            headers.merge(name, line.substring(colon + 1).strip(), (one, more) -> one + between + more);
        }
    }

    private Map<String, String> passed(Map<String, String> headers) {
        Map<String, String> passed = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            if (!HERE.contains(name)) {
                passed.put(name, name.equals("location") ? location(value) : value);
            }
        });
        return passed;
    }

    /** A place on the same pod is one behind the proxy; others stay as they are. */
    private String location(String value) {
        String own = scheme + "://" + authority();
        String path = value.startsWith(own + "/") ? value.substring(own.length()) : value;
        return path.startsWith("/") && !path.startsWith("//") ? route.back(path) : value;
    }
}
