// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API over HTTPS, HTTP/2 where the server speaks it. Requests that follow (a watch, a log) are answered as
 * streams that {@code close} cancels; all others whole. Close it to drop its connections.
 */
public final class HttpsApi implements Api, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(65);
    /** What the HTTP client sets itself. */
    private static final Set<String> ITS_OWN = Set.of("host", "content-length", "connection");

    private final Connection connection;
    private final HttpClient client;

    /**
     * Connects with the first request.
     *
     * @throws IOException when the connection's certificates cannot be used
     */
    public HttpsApi(Connection connection) throws IOException {
        this.connection = connection;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .sslContext(Trust.of(connection))
                .build();
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        boolean follows = follows(request);
        HttpRequest http = http(request, follows);
        try {
            if (follows) {
                HttpResponse<InputStream> response = client.send(http, BodyHandlers.ofInputStream());
                return new Reply.Streamed(
                        response.statusCode(), headers(response.headers()), new Body(response.body()));
            }
            HttpResponse<byte[]> response = client.send(http, BodyHandlers.ofByteArray());
            return new Reply.Whole(response.statusCode(), headers(response.headers()), response.body());
        } catch (ConnectException refused) {
            String why = refused.getMessage() == null ? "nobody listens there" : refused.getMessage();
            throw new IOException("cannot reach " + connection.server() + ": " + why, refused);
        } catch (IOException broken) {
            throw new IOException("talking to " + connection.server() + ": " + broken.getMessage(), broken);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private static boolean follows(Request request) {
        String target = request.target();
        return target.contains("watch=true") || target.contains("watch=1") || target.contains("follow=true");
    }

    private HttpRequest http(Request request, boolean follows) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(connection.server() + request.target()));
        if (!follows) {
            builder.timeout(ANSWER);
        }
        request.headers().forEach((name, value) -> {
            if (!ITS_OWN.contains(name)) {
                builder.header(name, value);
            }
        });
        Connection.Token token = connection.token();
        if (token != null) {
            builder.header("authorization", "Bearer " + token.value());
        }
        byte[] body = request.body();
        return builder.method(
                        request.method(), body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .build();
    }

    private static Map<String, String> headers(HttpHeaders headers) {
        Map<String, String> joined = new LinkedHashMap<>();
        headers.map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            joined.put(lower, String.join(lower.equals("warning") ? "\n" : ", ", values));
        });
        return joined;
    }

    /** A body as it arrives. */
    private static final class Body implements Stream {
        private final InputStream in;
        private final byte[] buffer = new byte[16 * 1024];

        Body(InputStream in) {
            this.in = in;
        }

        @Override
        public byte @Nullable [] next() throws IOException {
            int read = in.read(buffer);
            return read < 0 ? null : Arrays.copyOf(buffer, read);
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException ended) {
                // it is over either way
            }
        }
    }
}
