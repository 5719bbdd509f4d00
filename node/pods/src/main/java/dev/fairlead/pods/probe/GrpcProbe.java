// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * One call of {@code grpc.health.v1.Health/Check} over a socket that is already connected: HTTP/2 (RFC 9113) without TLS,
 * which is all that a kubelet's grpc probe speaks too. Written here because the JDK's client cannot begin with HTTP/2 where
 * there is no TLS, and opens its own sockets.
 */
final class GrpcProbe {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 0x20;
    /** The largest frame that a peer may send which was not told otherwise; also a bound for all that is read. */
    private static final int LARGEST = 16 << 10;
    /** SETTINGS_HEADER_TABLE_SIZE 0, SETTINGS_ENABLE_PUSH 0. */
    private static final byte[] OUR_SETTINGS = {0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0};

    private static final String[] HEALTH = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    private static final int STATUS_NOT_FOUND = 5;
    private static final int STATUS_UNIMPLEMENTED = 12;

    private final DataInputStream in;
    private final OutputStream out;
    private final Map<String, String> headers = new HashMap<>();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private boolean streamEnded;

    private GrpcProbe(Socket socket) throws IOException {
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Asks how {@code service} does; empty asks about the server as a whole. */
    static ActionResult check(Socket socket, String authority, String service) throws IOException {
        GrpcProbe call = new GrpcProbe(socket);
        call.ask(authority, service);
        call.listen();
        return call.result(service);
    }

    private void ask(String authority, String service) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        HeaderBlock.write(request, ":method", "POST");
        HeaderBlock.write(request, ":scheme", "http");
        HeaderBlock.write(request, ":path", "/grpc.health.v1.Health/Check");
        HeaderBlock.write(request, ":authority", authority);
        HeaderBlock.write(request, "content-type", "application/grpc");
        HeaderBlock.write(request, "user-agent", "kube-probe/1.36");
        HeaderBlock.write(request, "te", "trailers");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(PREFACE);
        frame(all, SETTINGS, 0, 0, OUR_SETTINGS);
        frame(all, HEADERS, END_HEADERS, 1, request.toByteArray());
        frame(all, DATA, END_STREAM, 1, enveloped(service));
        out.write(all.toByteArray());
        out.flush();
    }

    /** HealthCheckRequest {string service = 1}, not compressed, after its length. */
    private static byte[] enveloped(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        if (name.length > 0) {
            request.write(1 << 3 | 2);
            int rest = name.length;
            for (; rest >= 0x80; rest >>>= 7) {
                request.write(rest & 0x7f | 0x80);
            }
            request.write(rest);
            request.writeBytes(name);
        }
        return ByteBuffer.allocate(5 + request.size())
                .put((byte) 0)
                .putInt(request.size())
                .put(request.toByteArray())
                .array();
    }

    private static void frame(ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        to.writeBytes(ByteBuffer.allocate(9)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        to.writeBytes(payload);
    }

    /** Reads frames until the call is answered. */
    private void listen() throws IOException {
        for (boolean ended = false; !ended; ) {
            int first = in.readInt();
            int type = first & 0xff;
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            int length = first >>> 8;
            if (length > LARGEST || message.size() + block.size() > LARGEST) {
                throw new IOException("the answer is not HTTP/2; a server of gRPC without TLS is expected");
            }
            byte[] payload = new byte[length];
            in.readFully(payload);
            ended = stream == 1 ? answered(type, flags, payload) : aside(type, flags, payload);
        }
    }

    /** A frame of our call; whether it was the last one. */
    private boolean answered(int type, int flags, byte[] payload) throws IOException {
        switch (type) {
            case DATA -> message.writeBytes(content(payload, flags & PADDED));
            case HEADERS -> block.writeBytes(content(payload, flags));
            case CONTINUATION -> block.writeBytes(payload);
            case RST_STREAM ->
                throw new IOException("the server reset the call (HTTP/2 error "
                        + ByteBuffer.wrap(payload).getInt() + ")");
            default -> {
                return false;
            }
        }
        if (type != DATA && (flags & END_HEADERS) != 0) {
            headers.putAll(HeaderBlock.read(block.toByteArray()));
            block.reset();
        }
        streamEnded |= type != CONTINUATION && (flags & END_STREAM) != 0;
        return streamEnded && block.size() == 0;
    }

    /** A frame without its padding and priority. */
    private static byte[] content(byte[] payload, int flags) throws IOException {
        int from = (flags & PADDED) != 0 ? 1 : 0;
        int to = payload.length - (from == 1 && payload.length > 0 ? payload[0] & 0xff : 0);
        from += (flags & PRIORITY) != 0 ? 5 : 0;
        if (from > to) {
            throw new IOException("the answer is not HTTP/2: a frame is shorter than its padding");
        }
        return java.util.Arrays.copyOfRange(payload, from, to);
    }

    /** A frame about the connection. */
    private boolean aside(int type, int flags, byte[] payload) throws IOException {
        boolean asked = (flags & ACK) == 0;
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        if (type == GOAWAY) {
            throw new IOException("the server closed the connection (HTTP/2 error "
                    + (payload.length < 8 ? -1 : ByteBuffer.wrap(payload).getInt(4)) + ")");
        } else if (type == SETTINGS && asked) {
            frame(answer, SETTINGS, ACK, 0, new byte[0]);
        } else if (type == PING && asked) {
            frame(answer, PING, ACK, 0, payload);
        }
        out.write(answer.toByteArray());
        return false;
    }

    private ActionResult result(String service) {
        String http = headers.getOrDefault(":status", "200");
        if (!http.equals("200")) {
            return ActionResult.failed("the server answered with HTTP status " + http + ", it is none of gRPC");
        }
        int status = status();
        return switch (status) {
            case 0 -> health();
            case STATUS_UNIMPLEMENTED ->
                ActionResult.failed("this server does not implement the grpc health protocol (grpc.health.v1.Health)");
            case STATUS_NOT_FOUND -> ActionResult.failed("the server knows no service \"" + service + "\"");
            default ->
                ActionResult.failed("the health check failed with gRPC status " + status + ": "
                        + headers.getOrDefault("grpc-message", ""));
        };
    }

    private int status() {
        String status = headers.getOrDefault("grpc-status", "");
        return status.matches("[0-9]{1,3}") ? Integer.parseInt(status) : 2;
    }

    /** HealthCheckResponse {ServingStatus status = 1}, after its length; a value of zero may be left out. */
    private ActionResult health() {
        byte[] answer = message.toByteArray();
        int value = answer.length >= 7 && answer[5] == 1 << 3 ? answer[6] : 0;
        String health = value >= 0 && value < HEALTH.length ? HEALTH[value] : String.valueOf(value);
        return health.equals("SERVING")
                ? new ActionResult(true, "service is serving")
                : ActionResult.failed("service unhealthy (responded with \"" + health + "\")");
    }
}
