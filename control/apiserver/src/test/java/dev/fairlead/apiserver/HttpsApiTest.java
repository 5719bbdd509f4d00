// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.protobuf.Protobuf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract over TLS, and what only the network has: certificates, tokens, limits, two HTTP versions, WebSockets. */
class HttpsApiTest extends ApiContract {
    private static final Request.User READER = new Request.User("reader", Set.of("system:masters"));

    @TempDir
    Path folder;

    private final TestServer server = new TestServer();
    private HttpsServer https;
    private Pki pki;
    private HttpApi admin;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        pki = Pki.open(folder.resolve("pki"), server.time());
        https = HttpsServer.start(settings(0), server.api());
        admin = new HttpApi(https.url(), pki.authority(), pki.client("admin", Client.ADMIN), HttpClient.Version.HTTP_2);
    }

    private HttpsServer.Settings settings(int port) throws IOException {
        return new HttpsServer.Settings(
                "127.0.0.1",
                port,
                pki.server(Set.of("localhost", "127.0.0.1")),
                pki.authority(),
                new Identities(Map.of("secret-token", READER)),
                Limits.STANDARD);
    }

    @AfterEach
    void stop() {
        admin.close();
        https.close();
        server.close();
    }

    @Override
    Client api() {
        return new Client(admin);
    }

    @Test
    void http_1_1_is_served_too() throws Exception {
        try (HttpApi old = new HttpApi(
                https.url(), pki.authority(), pki.client("admin", Client.ADMIN), HttpClient.Version.HTTP_1_1)) {
            new Client(old).get("/api/v1/namespaces").is(200);
            try (Events events = new Client(old).watch("/api/v1/namespaces?watch=true")) {
                assertThat(events.next()).isEqualTo("ADDED default");
            }
        }
    }

    @Test
    void a_client_without_certificate_sees_only_health_and_version() throws Exception {
        try (HttpApi stranger = new HttpApi(https.url(), pki.authority(), null, HttpClient.Version.HTTP_2)) {
            Client client = new Client(stranger);
            client.get("/livez").is(200);
            client.get("/version").is(200);
            assertThat(client.get("/api/v1/namespaces").is(401).message()).isEqualTo("Unauthorized");
            client.get("/api").is(401);
            client.get("/openapi/v3").is(401);
            client.send(Request.of("GET", "/api").with("authorization", "Bearer wrong"))
                    .is(401);
            client.send(Request.of("GET", "/api").with("authorization", "Bearer secret-token"))
                    .is(200);
        }
    }

    @Test
    void a_certificate_of_another_authority_is_no_way_in() throws Exception {
        Pki other = Pki.open(folder.resolve("other"), server.time());
        try (HttpApi stranger = new HttpApi(
                https.url(), pki.authority(), other.client("admin", Client.ADMIN), HttpClient.Version.HTTP_1_1)) {
            assertThatThrownBy(() -> stranger.call(Request.of("GET", "/api/v1/namespaces")))
                    .isInstanceOf(IOException.class);
        }
        api().get("/api/v1/namespaces").is(200);
    }

    @Test
    void a_body_beyond_the_limit_is_413() {
        byte[] large = new byte[Limits.STANDARD.body() + 1];
        Client.Answer answer = api().send(Request.of("POST", CONFIG_MAPS).with(large, "application/json"));
        assertThat(answer.is(413).message()).isEqualTo("Request entity too large: limit is 3145728");
        api().get("/api/v1/namespaces").is(200);
    }

    @Test
    void long_answers_are_packed_for_clients_elsewhere() throws Exception {
        api().post(CONFIG_MAPS, "{metadata: {name: long}, data: {text: " + "many words ".repeat(20_000) + "}}")
                .is(201);
        Request get = Request.of("GET", CONFIG_MAPS + "/long").with("accept-encoding", "gzip");
        Reply.Whole here = (Reply.Whole) admin.call(get);
        assertThat(here.header("content-encoding")).isNull();
        String elsewhere = otherAddress();
        Assumptions.assumeTrue(elsewhere != null, "this machine has no address but 127.0.0.1");
        HttpsServer.Settings settings = new HttpsServer.Settings(
                elsewhere,
                0,
                pki.server(Set.of(elsewhere)),
                pki.authority(),
                new Identities(Map.of()),
                Limits.STANDARD);
        try (HttpsServer outside = HttpsServer.start(settings, server.api());
                HttpApi client = new HttpApi(
                        outside.url(),
                        pki.authority(),
                        pki.client("admin", Client.ADMIN),
                        HttpClient.Version.HTTP_1_1)) {
            Reply.Whole there = (Reply.Whole) client.call(get);
            assertThat(there.header("content-encoding")).isEqualTo("gzip");
            assertThat(there.header("vary")).isEqualTo("Accept-Encoding");
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(there.body()))) {
                assertThat(in.readAllBytes()).isEqualTo(here.body());
            }
            Reply.Whole small =
                    (Reply.Whole) client.call(Request.of("GET", "/version").with("accept-encoding", "gzip"));
            assertThat(small.header("content-encoding")).isNull();
        }
    }

    /** An address of this machine that is not only its own; null when there is none. */
    private static String otherAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse(null);
    }

    @Test
    void a_port_in_use_is_named() {
        int port = https.address().getPort();
        assertThatThrownBy(() -> HttpsServer.start(settings(port), server.api()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + port)
                .hasMessageContaining("stop it, or choose another address");
    }

    @Test
    void watches_end_when_the_server_stops() {
        Events events = api().watch("/api/v1/nodes?watch=true");
        https.close();
        assertThat(events.next()).isEqualTo("end");
    }

    @Test
    void a_watch_can_be_a_websocket() throws Exception {
        BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        WebSocket socket = admin.http()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create(https.url().replace("https:", "wss:") + CONFIG_MAPS + "?watch=true"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                                frames.add(text.toString());
                                from.request(1);
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        api().post(CONFIG_MAPS, "metadata: {name: one}").is(201);
        assertThat(frames.poll(30, TimeUnit.SECONDS))
                .startsWith("{\"type\":\"ADDED\"")
                .contains("\"name\":\"one\"");
        socket.abort();
    }

    @Test
    void a_watch_in_protobuf_can_be_a_websocket_too() throws Exception {
        BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
        WebSocket socket = admin.http()
                .newWebSocketBuilder()
                .header("accept", Protobuf.MEDIA_TYPE)
                .buildAsync(
                        URI.create(https.url().replace("https:", "wss:") + CONFIG_MAPS + "?watch=true"),
                        new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
                                byte[] frame = new byte[data.remaining()];
                                data.get(frame);
                                frames.add(frame);
                                from.request(1);
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        api().post(CONFIG_MAPS, "metadata: {name: one}").is(201);
        byte[] event = Objects.requireNonNull(frames.poll(30, TimeUnit.SECONDS));
        assertThat(event).as("the type, without a length before it").startsWith(0x0a, 5, 'A', 'D', 'D', 'E', 'D');
        socket.abort();
    }

    @Test
    void a_websocket_that_cannot_be_is_answered_as_http() throws Exception {
        HttpResponse<String> plain = admin.http()
                .send(
                        HttpRequest.newBuilder(URI.create(https.url() + "/livez?verbose"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(plain.body()).isEqualTo("[+]ping ok\n[+]store ok\nlivez check passed\n");
        assertThatThrownBy(() -> admin.http()
                        .newWebSocketBuilder()
                        .buildAsync(
                                URI.create(https.url().replace("https:", "wss:") + "/api/v1/nothings?watch=true"),
                                new WebSocket.Listener() {})
                        .get(30, TimeUnit.SECONDS))
                .hasRootCauseMessage("Unexpected HTTP response status code 404");
    }
}
