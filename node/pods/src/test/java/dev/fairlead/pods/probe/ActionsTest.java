// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.network.LoopbackNetwork;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What probes ask of real servers, and the words for what they find. */
@Timeout(90)
class ActionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.203.128.1");

    @TempDir
    Path directory;

    private final SystemTime time = new SystemTime();
    private Actions actions;

    @BeforeEach
    void place() throws Exception {
        PodSpec pod = PodSpec.from(Tree.of(Json.object("""
                        {"metadata": {"name": "web", "namespace": "shop", "uid": "u1"},
                         "spec": {"containers": [{"name": "c", "ports": [{"name": "web", "containerPort": 1}]}]}}
                        """.getBytes(StandardCharsets.UTF_8))));
        LoopbackNetwork network =
                new LoopbackNetwork(Cidr.of("127.203.128.0/17"), IpAddress.of("127.0.0.1"), "127.203.0.10:53");
        Sandbox sandbox = network.open(pod, network.allocate(pod), List.of(), record -> {});
        actions = new Actions(
                pod.containers().getFirst(),
                sandbox,
                new ExecProcess(
                        () -> Spawn.of(List.of("true")).withEnvironment(Map.of("PATH", "/usr/bin:/bin")),
                        directory,
                        time),
                time);
    }

    @AfterEach
    void stop() {
        time.close();
    }

    private String run(Action action) throws InterruptedException {
        ActionResult result = actions.run(action, PATIENCE);
        return (result.success() ? "good " : "bad ") + result.output();
    }

    @Test
    void tcp() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 5, ADDRESS)) {
            port = server.getLocalPort();
            assertThat(run(new Action.TcpSocket((long) port, ""))).isEqualTo("good ");
            assertThat(run(new Action.TcpSocket(String.valueOf(port), "127.203.128.1")))
                    .isEqualTo("good ");
        }
        assertThat(run(new Action.TcpSocket((long) port, "")))
                .isEqualTo("bad connect to port " + port + ": Connection refused");
        assertThat(run(new Action.TcpSocket("http", ""))).isEqualTo("bad container c declares no port named \"http\"");
    }

    /** The API server is at hand; its certificate is of an authority that the probe does not know, and is not asked for. */
    @Test
    void https() throws Exception {
        Pki pki = Pki.open(directory.resolve("pki"), time);
        try (Store store = MemoryStore.open();
                ApiServer api = new ApiServer(ApiServer.Parts.of(
                        store,
                        ClusterNetwork.of(Cidr.of("127.203.0.0/18")),
                        time,
                        new Random(1),
                        (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
                HttpsServer server = HttpsServer.start(
                        new HttpsServer.Settings(
                                "127.203.128.1",
                                0,
                                pki.server(Set.of("somebody.example")),
                                pki.authority(),
                                new Identities(Map.of()),
                                Limits.STANDARD),
                        api)) {
            long port = java.net.URI.create(server.url()).getPort();
            assertThat(run(new Action.HttpGet("/livez", port, "", true, Map.of())))
                    .isEqualTo("good HTTP status 200");
            assertThat(run(new Action.HttpGet("/api", port, "", true, Map.of())))
                    .isEqualTo("bad HTTP probe failed with statuscode: 401");
            assertThat(run(new Action.HttpGet("/livez", port, "", false, Map.of())))
                    .startsWith("bad GET /livez on port " + port + ": ");
        }
    }

    @Test
    void httpWithHeadersOfItsOwn() throws Exception {
        serve(
                request -> request.response()
                        .setStatusCode(
                                "yes".equals(request.getHeader("X-Mine")) && "shop".equals(request.getHeader("host"))
                                        ? 302
                                        : 500)
                        .end(),
                port -> {
                    assertThat(run(new Action.HttpGet("/", port, "", false, Map.of("X-Mine", "yes", "Host", "shop"))))
                            .isEqualTo("good HTTP status 302");
                    assertThat(run(new Action.HttpGet("/", port, "", false, Map.of())))
                            .isEqualTo("bad HTTP probe failed with statuscode: 500");
                });
    }

    /** A server of HTTP/2 by other people, whose headers come in the code of HPACK. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''      | good service is serving
                    shop    | good service is serving
                    resting | bad service unhealthy (responded with "NOT_SERVING")
                    silent  | bad service unhealthy (responded with "UNKNOWN")
                    other   | bad the server knows no service "other"
                    broken  | bad the health check failed with gRPC status 13: it hurts (ab9~)
                    """)
    void grpc(String service, String expected) throws Exception {
        serve(
                ActionsTest::health,
                port -> assertThat(run(new Action.Grpc(port.intValue(), service)))
                        .isEqualTo(expected));
    }

    @Test
    void aServerWithoutTheHealthServiceIsToldApart() throws Exception {
        serve(
                request -> request.response()
                        .putHeader("content-type", "application/grpc")
                        .putHeader("grpc-status", "12")
                        .putHeader("grpc-message", "unknown service grpc.health.v1.Health")
                        .end(),
                port -> assertThat(run(new Action.Grpc(port.intValue(), "")))
                        .isEqualTo(
                                "bad this server does not implement the grpc health protocol (grpc.health.v1.Health)"));
        serve(
                request -> request.response().setStatusCode(404).end("not here"),
                port -> assertThat(run(new Action.Grpc(port.intValue(), "")))
                        .isEqualTo("bad the server answered with HTTP status 404, it is none of gRPC"));
    }

    @Test
    void whatDoesNotSpeakHttp2IsSaid() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, ADDRESS)) {
            int port = server.getLocalPort();
            answerOnce(server, "HTTP/1.1 400 Bad Request\r\n\r\n");
            assertThat(run(new Action.Grpc(port, "")))
                    .isEqualTo("bad gRPC on port " + port
                            + ": the answer is not HTTP/2; a server of gRPC without TLS is expected");
            answerOnce(server, "");
            assertThat(run(new Action.Grpc(port, "")))
                    .isEqualTo("bad gRPC on port " + port + ": the connection was closed without an answer");
            ActionResult late = actions.run(new Action.Grpc(port, ""), Duration.ofMillis(200)); // nobody accepts
            assertThat(late.output()).isEqualTo("no answer to a gRPC health check within 200 ms");
        }
    }

    private static void answerOnce(ServerSocket server, String text) {
        Thread.ofVirtual().start(() -> {
            try (Socket client = server.accept()) {
                client.getInputStream().read(new byte[4096]);
                client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException gone) {
                // the probe sees it
            }
        });
    }

    @Test
    void exec() throws Exception {
        assertThat(run(new Action.Exec(List.of("sh", "-c", "echo fine")))).isEqualTo("good fine");
        assertThat(run(new Action.Exec(List.of("sh", "-c", "exit 3")))).isEqualTo("bad command ended with exit code 3");
        ActionResult late = actions.run(new Action.Exec(List.of("sleep", "100")), Duration.ofMillis(200));
        assertThat(late.output()).isEqualTo("command [sleep, 100] timed out after 200 ms");
        assertThat(run(new Action.Exec(List.of("no-such-program"))))
                .startsWith("bad ")
                .contains("no-such-program");
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void huffman() throws IOException {
        // RFC 7541, C.4.1 and C.6.1
        assertThat(Huffman.text(bytes("f1e3c2e5f23a6ba0ab90f4ff"))).isEqualTo("www.example.com");
        assertThat(Huffman.text(bytes("d07abe941054d444a8200595040b8166e082a62d1bff")))
                .isEqualTo("Mon, 21 Oct 2013 20:13:21 GMT");
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    private static void health(HttpServerRequest request) {
        var response = request.response().putHeader("content-type", "application/grpc");
        request.bodyHandler(body -> {
            String service = body.length() > 7 ? body.getString(7, body.length()) : "";
            boolean right = request.path().equals("/grpc.health.v1.Health/Check")
                    && "trailers".equals(request.getHeader("te"))
                    && body.getByte(0) == 0
                    && body.getInt(1) == body.length() - 5;
            switch (right ? service : "wrong") {
                case "", "shop" ->
                    response.putTrailer("grpc-status", "0").end(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, 1}));
                case "resting" ->
                    response.putTrailer("grpc-status", "0").end(Buffer.buffer(new byte[] {0, 0, 0, 0, 2, 8, 2}));
                case "silent" -> response.putTrailer("grpc-status", "0").end(Buffer.buffer(new byte[] {0, 0, 0, 0, 0}));
                case "broken" ->
                    response.putHeader("grpc-status", "13")
                            .putHeader("grpc-message", "it hurts (ab9~)")
                            .end();
                case "other" -> response.putHeader("grpc-status", "5").end();
                default -> response.setStatusCode(500).end();
            }
        });
    }

    /** Checks what may be checked of a server. */
    private interface Check {
        void with(Long port) throws Exception;
    }

    private static void serve(Consumer<HttpServerRequest> handler, Check check) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var server = vertx.createHttpServer()
                    .requestHandler(handler::accept)
                    .listen(0, "127.203.128.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            check.with((long) server.actualPort());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }
}
