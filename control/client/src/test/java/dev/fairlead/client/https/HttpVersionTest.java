// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/2 where the server speaks it: one connection for all that is followed. */
@Timeout(60)
class HttpVersionTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger connections = new AtomicInteger();

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private URI serve(boolean two) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setUseAlpn(two)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(HttpsApiTest.resource("leaf.crt")))
                                .addKeyValue(Buffer.buffer(HttpsApiTest.resource("pkcs8-ec.key")))))
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(HttpVersionTest::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    private static void answer(HttpServerRequest request) {
        if (request.uri().contains("watch=true")) {
            request.response().setChunked(true).write("begun\n"); // and never ends
        } else {
            request.response().end(String.valueOf(request.version()));
        }
    }

    private static HttpsApi api(URI uri) throws Exception {
        return new HttpsApi(new Connection(uri, Pem.certificates(HttpsApiTest.resource("ca.crt")), false, null, null));
    }

    @ParameterizedTest
    @CsvSource({"true, HTTP_2", "false, HTTP_1_1"})
    void theBestThatTheServerSpeaks(boolean two, String expected) throws Exception {
        try (HttpsApi api = api(serve(two))) {
            assertThat(version(api)).isEqualTo(expected);
            assertThat(version(api)).isEqualTo(expected);
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void manyWatchesShareOneConnectionAndNoneStandsInAnothersWay() throws Exception {
        try (HttpsApi api = api(serve(true))) {
            assertThat(version(api)).isEqualTo("HTTP_2"); // so that the connection is there for all that follow
            List<Reply.Streamed> watches = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Reply.Streamed watch = (Reply.Streamed) api.call(Request.of("GET", "/w" + i + "?watch=true"));
                byte[] begun = Objects.requireNonNull(watch.stream().next());
                assertThat(new String(begun, StandardCharsets.US_ASCII)).isEqualTo("begun\n");
                watches.add(watch);
            }

            assertThat(version(api)).isEqualTo("HTTP_2");
            for (Reply.Streamed watch : watches) {
                watch.stream().close();
            }
            assertThat(version(api)).isEqualTo("HTTP_2");
            assertThat(connections).hasValue(1);
        }
    }

    private static String version(HttpsApi api) throws Exception {
        Reply.Whole reply = (Reply.Whole) api.call(Request.of("GET", "/version"));
        return new String(reply.body(), StandardCharsets.US_ASCII);
    }
}
