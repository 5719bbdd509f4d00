// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.pki.Pem;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Duplex;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.testing.FakeTime;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask for too much, too slowly, or with certificates that are no good; the server stays well. */
class ProtectionTest {
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private static final String POD = "/api/v1/namespaces/default/pods/p";

    @TempDir
    Path folder;

    private final TestServer server = new TestServer();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Pki pki;

    @BeforeEach
    void start() throws IOException {
        pki = Pki.open(folder.resolve("pki"), server.time());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        server.close();
    }

    private <T extends AutoCloseable> T held(T part) {
        open.add(part);
        return part;
    }

    private HttpsServer serve(Limits limits, Api api) throws IOException, InterruptedException {
        Identities identities = new Identities(Map.of(
                "jane", new User("jane", Set.of()),
                "joe", new User("joe", Set.of()),
                "boss", new User("boss", Set.of("system:masters"))));
        return held(HttpsServer.start(
                new HttpsServer.Settings(
                                "127.0.0.1", 0, pki.server(Set.of("127.0.0.1")), pki.authority(), identities, limits)
                        .telling(server.api()::turnedAway),
                api));
    }

    private HttpApi client(HttpsServer https) {
        return held(new HttpApi(https.url(), pki.authority(), null, HttpClient.Version.HTTP_2));
    }

    private static Request as(String token, String path) {
        return Request.of("GET", path).with("authorization", "Bearer " + token);
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Test
    void one_user_too_many_requests_leaves_room_for_others() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        Api slow = request -> {
            if (request.path().equals("/slow")) {
                inside.incrementAndGet();
                go.await(60, TimeUnit.SECONDS);
            }
            return new Reply.Whole(200, Map.of(), new byte[0]);
        };
        HttpsServer https = serve(Limits.STANDARD.withRequests(4, 3), slow);
        HttpApi client = client(https);
        List<Thread> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                waiting.add(Thread.ofVirtual().start(() -> quietly(client, as("jane", "/slow"))));
            }
            await("three of jane's are inside", () -> inside.get() == 3);
            Reply refused = client.call(as("jane", "/fast"));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("retry-after")).isEqualTo("1");
            assertThat(new String(((Reply.Whole) refused).body(), StandardCharsets.UTF_8))
                    .contains("\"reason\":\"TooManyRequests\"", "Too many requests, please try again later.");
            assertThat(client.call(as("joe", "/fast")).status()).isEqualTo(200);
            waiting.add(Thread.ofVirtual().start(() -> quietly(client, as("joe", "/slow"))));
            await("joe's is the fourth", () -> inside.get() == 4);
            assertThat(client.call(as("joe", "/fast")).status()).isEqualTo(429);
            assertThat(client.call(as("boss", "/fast")).status()).isEqualTo(200);
            for (String path :
                    List.of("/livez", "/readyz/store", "/healthz", POD + "/proxy/x", "/api/v1/nodes/n/proxy")) {
                assertThat(client.call(as("joe", path)).status()).as(path).isEqualTo(200);
            }
            for (String path : List.of("/livezz", POD, POD + "/log", CONFIG_MAPS + "/proxy/proxy")) {
                assertThat(client.call(as("joe", path)).status()).as(path).isEqualTo(429);
            }
        } finally {
            go.countDown();
            for (Thread thread : waiting) {
                thread.join();
            }
        }
        assertThat(client.call(as("jane", "/fast")).status()).isEqualTo(200);
    }

    @Test
    void who_is_turned_away_is_counted_and_audited() throws Exception {
        Path log = folder.resolve("audit.log");
        server.api().audit(new AuditSettings(log, null));
        HttpsServer https = serve(
                Limits.STANDARD
                        .withPatience(Duration.ofSeconds(2), Duration.ofMinutes(3))
                        .withBody(1_000)
                        .withRequests(0, 0),
                server.api());
        HttpApi client = client(https);
        Request mine = Request.of("POST", CONFIG_MAPS).with("user-agent", "tester");
        assertThat(client.call(as("wrong", CONFIG_MAPS + "/a")).status()).isEqualTo(401);
        assertThat(client.call(mine.with("authorization", "Bearer wrong")).status())
                .isEqualTo(401);
        assertThat(client.call(as("jane", CONFIG_MAPS)).status()).isEqualTo(429);
        byte[] large = new byte[1_001];
        assertThat(client.call(mine.with("authorization", "Bearer boss").with(large, "application/json"))
                        .status())
                .isEqualTo(413);
        SSLSocket slow = connect(https);
        send(slow, post("boss", 100).replace("host: x", "host: x\r\nuser-agent: slow"));
        assertThat(rest(slow)).startsWith("HTTP/1.1 408 ");
        SSLSocket broken = connect(https);
        send(broken, "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nhost: x\r\n\r\n");
        assertThat(rest(broken)).matches("(?s)|HTTP/1\\.[01] 414 .*");

        await("what was no request is counted", () -> metrics().contains("apiserver_request_total{code=\"414\","));
        String metrics = metrics();
        for (String counted : List.of(
                "apiserver_request_total{code=\"401\",LABELSscope=\"resource\",subresource=\"\",verb=\"GET\"",
                "apiserver_request_total{code=\"401\",LABELSscope=\"namespace\",subresource=\"\",verb=\"POST\"",
                "apiserver_request_total{code=\"429\",LABELSscope=\"namespace\",subresource=\"\",verb=\"LIST\"",
                "apiserver_request_total{code=\"413\",LABELSscope=\"namespace\",subresource=\"\",verb=\"POST\"",
                "apiserver_request_total{code=\"408\",LABELSscope=\"namespace\",subresource=\"\",verb=\"POST\"")) {
            String labels = "component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",";
            assertThat(metrics).contains(counted.replace("LABELS", labels) + ",version=\"v1\"} 1\n");
        }
        assertThat(metrics)
                .contains("apiserver_request_terminations_total{code=\"429\",")
                .contains("apiserver_request_terminations_total{code=\"408\",")
                .doesNotContain("apiserver_request_terminations_total{code=\"401\",");
        await("all are audited", () -> {
            String told = text(log);
            return java.util.stream.Stream.of("401", "429", "413", "408", "414")
                    .allMatch(code -> told.contains("\"code\":" + code));
        });
        String first = text(log)
                .lines()
                .filter(line -> line.contains("\"code\":401"))
                .findFirst()
                .orElseThrow();
        assertThat(first).contains("\"user\":{}", "\"reason\":\"Unauthorized\"", "\"resource\":\"configmaps\"");
        assertThat(text(log)).contains("\"username\":\"jane\"", "\"userAgent\":\"slow\"", "\"userAgent\":\"tester\"");
    }

    private String metrics() {
        Reply reply = new Client(server.api()).raw(Request.of("GET", "/metrics"));
        return new String(((Reply.Whole) reply).body(), StandardCharsets.UTF_8);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    @Test
    void what_takes_too_long_is_answered_in_its_place() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Api slow = request -> {
            if (!request.path().equals("/fast")) {
                go.await(60, TimeUnit.SECONDS);
            }
            return new Reply.Whole(200, Map.of(), new byte[0]);
        };
        HttpsServer https = serve(Limits.STANDARD.withAnswers(Duration.ofSeconds(2)), slow);
        HttpApi client = client(https);
        Thread proxied = Thread.ofVirtual().start(() -> quietly(client, as("jane", POD + "/proxy/x")));
        Reply late = client.call(as("jane", "/slow"));
        assertThat(late.status()).isEqualTo(504);
        assertThat(new String(((Reply.Whole) late).body(), StandardCharsets.UTF_8))
                .contains("\"reason\":\"Timeout\"", "Timeout: request did not complete within the allotted timeout");
        assertThat(proxied.isAlive()).as("a pod may take its time").isTrue();
        assertThat(client.call(as("jane", "/slow?timeout=50ms")).status()).isEqualTo(504);
        assertThat(client.call(as("jane", "/fast?timeout=1m30s")).status()).isEqualTo(200);
        assertThat(client.call(as("jane", "/fast?timeout=0")).status()).isEqualTo(200);
        Reply wrong = client.call(as("jane", "/fast?timeout=soon"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(new String(((Reply.Whole) wrong).body(), StandardCharsets.UTF_8))
                .contains("invalid timeout specified in the request URL");
        go.countDown();
        proxied.join();
        assertThat(client.call(as("jane", "/slow")).status()).isEqualTo(200);
    }

    private static void quietly(Api api, Request request) {
        try {
            api.call(request);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLSocket connect(HttpsServer https, String... protocols) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", Pem.certificate(pki.authority()));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        SSLSocket socket = held((SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", https.address().getPort()));
        socket.setSoTimeout(30_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String rest(SSLSocket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketTimeoutException open) {
            throw new AssertionError("the connection is open still", open);
        } catch (IOException cutOff) {
            return "";
        }
    }

    @Test
    void a_body_that_comes_too_slowly_is_not_waited_for() throws Exception {
        HttpsServer https =
                serve(Limits.STANDARD.withPatience(Duration.ofMillis(200), Duration.ofMinutes(3)), server.api());
        SSLSocket socket = connect(https);
        send(socket, "POST " + CONFIG_MAPS + " HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
        assertThat(rest(socket)).startsWith("HTTP/1.1 408 ").contains("did not come in time");
        assertThat(client(https).call(as("boss", CONFIG_MAPS)).status()).isEqualTo(200);
    }

    @Test
    void a_request_that_is_begun_and_not_ended_and_a_silent_connection_are_closed() throws Exception {
        HttpsServer https =
                serve(Limits.STANDARD.withPatience(Duration.ofSeconds(60), Duration.ofSeconds(2)), server.api());
        HttpApi watcher = client(https);
        try (Events events = new Client(request -> watcher.call(request.with("authorization", "Bearer boss")))
                .watch("/api/v1/nodes?watch=true")) {
            SSLSocket silent = connect(https);
            SSLSocket slow = connect(https);
            send(slow, "GET /livez HTTP/1.1\r\nhost: ");
            assertThat(rest(silent)).isEmpty();
            assertThat(rest(slow)).isEmpty();
            new Client(server.api())
                    .post("/api/v1/nodes", "{metadata: {name: late}}")
                    .is(201);
            assertThat(events.next())
                    .as("the watch was as silent, and is there")
                    .isEqualTo("ADDED late");
        }
    }

    /** Says nothing until it is closed. */
    private static final class Silence implements Duplex {
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public byte @Nullable [] next() throws InterruptedException {
            closed.await();
            return null;
        }

        @Override
        public void send(byte[] piece) {}

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void an_upgraded_connection_that_ends_makes_room() throws Exception {
        Api api = request -> request.path().equals("/switch")
                ? new Reply.Streamed(101, Map.of("connection", "upgrade", "upgrade", "silence"), new Silence())
                : new Reply.Whole(200, Map.of(), new byte[0]);
        HttpsServer https = serve(Limits.STANDARD.withConnections(2), api);
        for (String method : List.of("GET", "POST", "GET", "POST")) {
            await("there is room for one more", () -> switched(https, method));
        }
    }

    /** Whether a new connection is let in and can be switched; it is closed again. */
    private boolean switched(HttpsServer https, String method) {
        try (SSLSocket socket = connect(https)) {
            send(socket, method + " /switch HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: silence\r\n\r\n");
            byte[] start = socket.getInputStream().readNBytes(12);
            return new String(start, StandardCharsets.US_ASCII).equals("HTTP/1.1 101");
        } catch (IOException turnedAway) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_body_of_a_get_that_comes_too_slowly_is_not_waited_for_either() throws Exception {
        HttpsServer https =
                serve(Limits.STANDARD.withPatience(Duration.ofMillis(200), Duration.ofMinutes(3)), server.api());
        SSLSocket socket = connect(https);
        send(socket, "GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
        assertThat(rest(socket)).startsWith("HTTP/1.1 408 ").contains("did not come in time");
    }

    @Test
    void a_token_that_is_no_good_is_refused_before_the_body_comes() throws Exception {
        HttpsServer https = serve(Limits.STANDARD, server.api());
        SSLSocket socket = connect(https);
        send(socket, post("wrong", 100).replace("connection: close\r\n", ""));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 401");
        send(socket, "x".repeat(100) + "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assertThat(rest(socket))
                .as("the connection is as good as before")
                .contains("\"reason\":\"Unauthorized\"", "HTTP/1.1 200 ");
    }

    private static String post(String token, int length) {
        return "POST " + CONFIG_MAPS + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer " + token
                + "\r\ncontent-length: " + length + "\r\n\r\n";
    }

    /** The status of the answer to a body of which so much comes at once, and the rest never if it is not all. */
    private String posted(HttpsServer https, String token, int length, int sent) {
        try (SSLSocket socket = connect(https)) {
            send(socket, post(token, length) + "x".repeat(sent));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bodies_that_wait_for_their_rest_have_a_limit() throws Exception {
        HttpsServer https =
                serve(Limits.STANDARD.withBodies(1_000, 1_200), request -> new Reply.Whole(200, Map.of(), new byte[0]));
        assertThat(posted(https, "boss", 2_000, 1_001))
                .as("too much for a connection")
                .isEqualTo("HTTP/1.1 429");
        assertThat(posted(https, "jane", 1_000, 1_000)).isEqualTo("HTTP/1.1 200");
        SSLSocket waiting = connect(https);
        send(waiting, post("jane", 1_000) + "x".repeat(800));
        await("there is no room beside it", () -> posted(https, "joe", 800, 800).equals("HTTP/1.1 429"));
        assertThat(posted(https, "joe", 100, 100)).as("a little has room").isEqualTo("HTTP/1.1 200");
        assertThat(posted(https, "boss", 800, 800)).isEqualTo("HTTP/1.1 200");
        waiting.close();
        await("who leaves makes room", () -> posted(https, "joe", 800, 800).equals("HTTP/1.1 200"));
        SSLSocket stranger = connect(https);
        send(stranger, post("", 400).replaceFirst("authorization: Bearer \r\n", "") + "x".repeat(400));
        assertThat(rest(stranger)).as("strangers have a quarter").startsWith("HTTP/1.1 429");
    }

    @Test
    void a_connection_whose_streams_were_all_reset_is_idle() throws Exception {
        HttpsServer https =
                serve(Limits.STANDARD.withPatience(Duration.ofSeconds(60), Duration.ofSeconds(1)), server.api());
        var client = http2();
        HttpClientRequest watch = client.request(
                        HttpMethod.GET, https.address().getPort(), "127.0.0.1", "/api/v1/nodes?watch=true")
                .await(30, TimeUnit.SECONDS);
        CountDownLatch closed = new CountDownLatch(1);
        watch.connection().closeHandler(_ -> closed.countDown());
        HttpClientResponse answer =
                watch.putHeader("authorization", "Bearer boss").send().await(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpVersion.HTTP_2);
        watch.reset(8);
        assertThat(closed.await(30, TimeUnit.SECONDS))
                .as("the server closes what is idle")
                .isTrue();
    }

    /** A client that can reset single requests; held, since one that nobody refers to is closed by Vert.x. */
    private io.vertx.core.http.HttpClient http2() {
        Vertx vertx = Vertx.vertx();
        open.add(() -> vertx.close().await(30, TimeUnit.SECONDS));
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2);
        io.vertx.core.http.HttpClient client = vertx.createHttpClient(options);
        open.add(() -> client.close().await(30, TimeUnit.SECONDS));
        return client;
    }

    /** Refused with that status; or cut off before the answer, which a client that goes on sending may not get to see. */
    private void refused(HttpsServer https, String request, int status) throws Exception {
        SSLSocket socket = connect(https);
        String answer;
        try {
            send(socket, request);
            answer = rest(socket);
        } catch (IOException cutOff) {
            answer = "";
        }
        assertThat(answer).matches("(?s)|HTTP/1\\.[01] " + status + " .*");
    }

    @Test
    void too_long_lines_and_headers_too_deep_and_broken_bodies_are_refused() throws Exception {
        HttpsServer https = serve(Limits.STANDARD, server.api());
        refused(https, "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nhost: x\r\n\r\n", 414);
        refused(https, "GET /livez HTTP/1.1\r\nhost: x\r\na: " + "x".repeat(70_000) + "\r\n\r\n", 431);
        Client boss = new Client(server.api());
        for (String body :
                List.of("[".repeat(100_000), "{\"a\":".repeat(50_000), "{", "{}{}", "{\"kind\": \"\u0000\"", "\"x\"")) {
            boss.send(Request.of("POST", CONFIG_MAPS).with(body.getBytes(StandardCharsets.UTF_8), "application/json"))
                    .is(400);
        }
        boss.send(Request.of("POST", CONFIG_MAPS)
                        .with(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, "application/json"))
                .is(400);
        assertThat(client(https).call(as("boss", CONFIG_MAPS)).status()).isEqualTo(200);
    }

    @Test
    void only_tls_1_2_and_later_is_spoken() throws Exception {
        HttpsServer https = serve(Limits.STANDARD, server.api());
        assertThat(connect(https, "TLSv1.2").getSession().getProtocol()).isEqualTo("TLSv1.2");
        assertThat(connect(https, "TLSv1.3").getSession().getProtocol()).isEqualTo("TLSv1.3");
        assertThatThrownBy(() -> connect(https, "TLSv1.1")).isInstanceOf(IOException.class);
    }

    @Test
    void an_expired_certificate_is_no_way_in() throws Exception {
        HttpsServer https = serve(Limits.STANDARD, server.api());
        Pki before =
                Pki.open(folder.resolve("pki"), new FakeTime(server.time().now().minus(Duration.ofDays(400))));
        Credential expired = before.client("late", Client.ADMIN);
        try (HttpApi late = new HttpApi(https.url(), pki.authority(), expired, HttpClient.Version.HTTP_1_1)) {
            assertThatThrownBy(() -> late.call(Request.of("GET", CONFIG_MAPS))).isInstanceOf(IOException.class);
        }
        assertThat(client(https).call(as("boss", CONFIG_MAPS)).status()).isEqualTo(200);
    }

    @Test
    void another_certificate_is_shown_without_a_restart() throws Exception {
        HttpsServer https = serve(Limits.STANDARD, server.api());
        SSLSocket old = connect(https);
        Credential other = pki.server(Set.of("127.0.0.1", "other.example"));
        https.show(other);
        assertThat(connect(https).getSession().getPeerCertificates()[0])
                .isEqualTo(Pem.certificate(other.certificate()))
                .isNotEqualTo(old.getSession().getPeerCertificates()[0]);
        send(old, "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assertThat(rest(old)).startsWith("HTTP/1.1 200 ");
        assertThatThrownBy(() -> https.show(new Credential("nothing", "nothing")))
                .isInstanceOf(IOException.class);
        connect(https);
    }
}
