// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Kubeconfig;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** services/proxy and pods/proxy, against a server on a loopback address that is a pod's. */
@Timeout(60)
class ServiceProxyTest {
    private static final String NAMESPACE = "/api/v1/namespaces/default/";
    private static final String IP = "127.77.128.9";

    private final SystemTime time = new SystemTime();
    private final dev.fairlead.store.Store store = MemoryStore.open();
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private ApiServer server;
    private Client api;
    private ServerSocket pod;

    @BeforeEach
    void start() throws IOException {
        pod = new ServerSocket(0, 50, InetAddress.getByName(IP));
        Thread.ofVirtual().start(this::serve);
        server = new ApiServer(new ApiServer.Parts(
                store,
                new ClusterNetwork(
                        List.of(Cidr.of("127.77.0.0/18")), PortRange.NODE_PORTS, List.of(Cidr.of("127.77.0.0/16"))),
                time,
                new Random(1),
                new Door(),
                Duration.ofMinutes(1)));
        api = new Client(server);
        api.post(
                        NAMESPACE + "services",
                        "metadata: {name: web}\nspec: {ports: [{name: http, port: 80}, {name: other, port: 81}]}\n")
                .is(201);
        api.post(
                        NAMESPACE + "pods",
                        "metadata: {name: p}\nspec: {nodeName: n, containers: [{name: a, image: b, ports: [{containerPort: "
                                + pod.getLocalPort() + "}]}]}\n")
                .is(201);
        api.merge(
                        NAMESPACE + "pods/p/status",
                        "{\"status\":{\"podIP\":\"" + IP + "\",\"podIPs\":[{\"ip\":\"" + IP + "\"}]}}")
                .is(200);
        endpoints(IP, "p");
    }

    /** Has a way to the node {@code ours} only. */
    private static final class Door implements NodeDoor {
        @Override
        public Reply logs(byte[] pod, String container, Map<String, String> options) {
            return Answers.text(200, "");
        }

        @Override
        public Optional<Reply> page(String node, String path) {
            return node.equals("ours") ? Optional.of(Answers.text(200, "page " + path)) : Optional.empty();
        }
    }

    @Test
    void nodes_are_asked_for_their_own_pages_or_by_port() throws Exception {
        api.post("/api/v1/nodes", "metadata: {name: ours}").is(201);
        api.post("/api/v1/nodes", "metadata: {name: other}").is(201);
        assertThat(body(api.raw(Request.of("GET", "/api/v1/nodes/ours/proxy/metrics?x=1"))))
                .isEqualTo("page /metrics");
        assertThat(body(api.raw(Request.of("GET", "/api/v1/nodes/ours/proxy/"))))
                .isEqualTo("page /");
        Reply folder = api.raw(Request.of("GET", "/api/v1/nodes/ours/proxy"));
        assertThat(folder.status() + String.valueOf(folder.header("location")))
                .isEqualTo("301/api/v1/nodes/ours/proxy/");
        api.send(Request.of("POST", "/api/v1/nodes/ours/proxy/metrics")).is(405);
        api.get("/api/v1/nodes/none/proxy/metrics").is(404);
        assertThat(api.get("/api/v1/nodes/other:x/proxy/").is(400).message()).contains("invalid port \"x\" for node");
        assertThat(api.get("/api/v1/nodes/other/proxy/").is(400).message()).contains("address not allowed");
        addressed("other", "127.0.0.1");
        assertThat(api.get("/api/v1/nodes/other/proxy/").is(400).message())
                .as("the server's own host")
                .contains("address not allowed");
        addressed("other", IP);
        Reply reply = api.raw(Request.of("GET", "/api/v1/nodes/other:" + pod.getLocalPort() + "/proxy/some/where?a=b"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("GET /some/where?a=b HTTP/1.1");
        api.send(Request.of("GET", "/api/v1/nodes/other/proxy/metrics").as(new User("jane", Set.of())))
                .is(403);
    }

    private void addressed(String node, String ip) {
        api.merge(
                        "/api/v1/nodes/" + node + "/status",
                        "{\"status\":{\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"" + ip + "\"}]}}")
                .is(200);
    }

    private void endpoints(String ip, String podName) {
        String address = "{ip: " + ip + ", targetRef: {kind: Pod, namespace: default, name: " + podName + "}}";
        api.put(
                NAMESPACE + "endpoints/web",
                "metadata: {name: web}\nsubsets: [{addresses: [" + address + "], ports: [{name: http, port: "
                        + pod.getLocalPort() + "}]}]\n");
    }

    /** Answers by the path; puts what it heard into a queue. */
    private void serve() {
        while (!pod.isClosed()) {
            try {
                Socket socket = pod.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            List<String> lines = new ArrayList<>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                lines.add(line);
            }
            int length = Integer.parseInt(header(lines, "content-length: ", "0"));
            heard.add(
                    String.join("\n", lines) + "\n\n" + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            String path = lines.getFirst().split(" ")[1];
            switch (path) {
                case "/stream" -> {
                    out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"
                            .getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    goOn.await();
                    out.write("6;x=y\r\nsecond\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                }
                case "/moved" ->
                    out.write("HTTP/1.1 302 Found\r\nLocation: /else?a=b\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
                case "/open" -> out.write("HTTP/1.0 200 OK\r\n\r\nuntil the end".getBytes(StandardCharsets.UTF_8));
                case "/ws" -> {
                    out.write(WebSocketEcho.agreement(header(lines, "sec-websocket-key: ", "")));
                    heard.add("messages: " + WebSocketEcho.run(in, out));
                }
                case "/shout" -> {
                    // the first words come with the answer
                    out.write("HTTP/1.1 101 Go\r\nUpgrade: shout\r\nConnection: Upgrade\r\nX-A: b\r\n\r\nHELLO\n"
                            .getBytes(StandardCharsets.UTF_8));
                    for (String said = line(in); !said.isEmpty(); said = line(in)) {
                        out.write((said.toUpperCase(Locale.ROOT) + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                    heard.add("end");
                }
                case "/forbidden" ->
                    out.write(
                            "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n".getBytes(StandardCharsets.UTF_8));
                case "/nothing" -> {}
                case "/mute" -> heard.add(in.read() < 0 ? "left" : "more");
                case "/noise" -> out.write("220 smtp\r\n".getBytes(StandardCharsets.UTF_8));
                case "/teapot" ->
                    out.write(
                            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 418 Teapot\r\nX-A: b\r\nContent-Length: 3\r\n\r\ntea"
                                    .getBytes(StandardCharsets.UTF_8));
                default ->
                    out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                                    + "Content-Length: " + path.length() + "\r\n\r\n" + path)
                            .getBytes(StandardCharsets.UTF_8));
            }
            out.flush();
        } catch (IOException | InterruptedException broken) {
            heard.add("broken: " + broken);
        }
    }

    /** A line without its end; empty at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static String header(List<String> lines, String name, String otherwise) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse(otherwise);
    }

    @ParameterizedTest
    @CsvSource({
        "services/web:http/proxy/a/b?c=d%20e, /a/b?c=d%20e",
        "services/web:80/proxy/, /",
        "services/http:web:http/proxy/a//b/, /a//b/",
        "services/:web:http/proxy/%2Fa, /%2Fa",
        "services/http%3Aweb%3Ahttp/proxy/x, /x",
        "pods/p/proxy/x, /x",
    })
    void a_request_gets_there(String path, String seen) throws InterruptedException {
        Client.Answer answer = api.get(NAMESPACE + path).is(200);
        assertThat(body(answer.reply())).isEqualTo(seen);
        assertThat(answer.reply().header("content-type")).isEqualTo("text/plain");
        assertThat(answer.reply().header("set-cookie")).isEqualTo("a=1\nb=2");
        assertThat(heard.take()).startsWith("GET " + seen + " HTTP/1.1\n");
    }

    @Test
    void all_that_belongs_to_a_request_is_passed_on() throws InterruptedException {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
            Request request = Request.of(method, NAMESPACE + "services/web:http/proxy/form")
                    .with("a=b".getBytes(StandardCharsets.UTF_8), "application/x-www-form-urlencoded")
                    .with("authorization", "Bearer secret")
                    .with("x-mine", "yes")
                    .with("connection", "keep-alive")
                    .with("host", "api.example:6443");
            api.send(request).is(200);
            String seen = heard.take();
            assertThat(seen)
                    .startsWith(method + " /form HTTP/1.1\nhost: api.example:6443\n")
                    .endsWith("\n\na=b")
                    .contains("\nx-mine: yes\n", "\ncontent-type: application/x-www-form-urlencoded\n")
                    .contains("\nx-forwarded-host: api.example:6443\n", "\nconnection: close\n")
                    .doesNotContain("secret", "keep-alive");
        }
    }

    @Test
    void a_stream_arrives_as_it_is_sent() throws Exception {
        Reply reply = api.raw(Request.of("GET", NAMESPACE + "services/web:http/proxy/stream"));
        assertThat(reply).isInstanceOf(Reply.Streamed.class);
        try (var stream = ((Reply.Streamed) reply).stream()) {
            assertThat(new String(stream.next(), StandardCharsets.UTF_8)).isEqualTo("first");
            goOn.countDown();
            assertThat(new String(stream.next(), StandardCharsets.UTF_8)).isEqualTo("second");
            assertThat(stream.next()).isNull();
        }
    }

    private HttpsServer serve(Pki pki) throws IOException, InterruptedException {
        HttpsServer.Settings settings = new HttpsServer.Settings(
                "127.0.0.1",
                0,
                pki.server(Set.of("127.0.0.1")),
                pki.authority(),
                new Identities(Map.of()),
                Limits.STANDARD);
        return HttpsServer.start(settings, server);
    }

    /** What a client of a WebSocket hears. */
    private static final class Ears implements WebSocket.Listener {
        private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            heard.add("closed " + code + " " + reason);
            return null;
        }
    }

    @Test
    void a_websocket_goes_through(@TempDir Path home) throws Exception {
        Pki pki = Pki.open(home.resolve("pki"), time);
        try (HttpsServer https = serve(pki);
                HttpApi admin = new HttpApi(
                        https.url(), pki.authority(), pki.client("admin", Client.ADMIN), HttpClient.Version.HTTP_1_1)) {
            String base = https.url().replace("https:", "wss:") + NAMESPACE;
            for (String way : List.of("services/web:http/proxy/ws", "pods/p/proxy/ws")) {
                Ears ears = new Ears();
                WebSocket socket = admin.http()
                        .newWebSocketBuilder()
                        .subprotocols("echo", "other")
                        .buildAsync(URI.create(base + way), ears)
                        .get(30, TimeUnit.SECONDS);
                assertThat(socket.getSubprotocol()).isEqualTo("echo");
                assertThat(heard.take())
                        .contains("\nupgrade: websocket", "\nconnection: Upgrade", "\nsec-websocket-version: 13");
                List<String> said = List.of("one", "", "x".repeat(300_000), "\u00fc");
                for (String text : said) {
                    socket.sendText(text, true).get(30, TimeUnit.SECONDS);
                    String heardBack = ears.heard.poll(30, TimeUnit.SECONDS);
                    assertThat(text.equals(heardBack))
                            .as("%s characters come back", text.length())
                            .isTrue();
                }
                socket.sendClose(4_001, "enough").get(30, TimeUnit.SECONDS);
                assertThat(ears.heard.poll(30, TimeUnit.SECONDS)).isEqualTo("closed 4001 enough");
                assertThat(heard.take()).startsWith("messages: ");
            }
            assertThatThrownBy(() -> admin.http()
                            .newWebSocketBuilder()
                            .buildAsync(URI.create(base + "services/web:http/proxy/forbidden"), new Ears())
                            .get(30, TimeUnit.SECONDS))
                    .hasRootCauseMessage("Unexpected HTTP response status code 403");
        }
    }

    @Test
    void another_protocol_goes_through_until_either_side_ends(@TempDir Path home) throws Exception {
        Pki pki = Pki.open(home.resolve("pki"), time);
        try (HttpsServer https = serve(pki);
                HttpApi admin = new HttpApi(
                        https.url(), pki.authority(), pki.client("admin", Client.ADMIN), HttpClient.Version.HTTP_1_1)) {
            for (String start : List.of("GET shout", "POST shout", "GET websocket")) {
                String method = start.substring(0, start.indexOf(' '));
                String protocol = start.substring(start.indexOf(' ') + 1);
                try (Socket socket = admin.http()
                        .sslContext()
                        .getSocketFactory()
                        .createSocket("127.0.0.1", https.address().getPort())) {
                    socket.getOutputStream()
                            .write((method + " " + NAMESPACE
                                            + "services/web:http/proxy/shout HTTP/1.1\r\nHost: a\r\n"
                                            + "X-Fairlead-Method: DELETE\r\n"
                                            + "Connection: keep-alive, Upgrade\r\nUpgrade: " + protocol + "\r\n"
                                            + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    InputStream in = socket.getInputStream();
                    assertThat(line(in)).startsWith("HTTP/1.1 101 ");
                    List<String> headers = new ArrayList<>();
                    for (String line = line(in); !line.isEmpty(); line = line(in)) {
                        headers.add(line.toLowerCase(Locale.ROOT));
                    }
                    assertThat(headers)
                            .contains("upgrade: shout", "connection: upgrade", "x-a: b")
                            .noneMatch(header -> header.startsWith("sec-websocket-extensions"));
                    assertThat(heard.take())
                            .startsWith(method + " /shout ")
                            .doesNotContainIgnoringCase("x-fairlead-method")
                            .contains(
                                    "\nupgrade: " + protocol + "\nconnection: Upgrade",
                                    "\nsec-websocket-extensions: permessage-deflate\n");
                    assertThat(line(in)).isEqualTo("HELLO");
                    for (String word : List.of("one", "two")) {
                        socket.getOutputStream().write((word + "\n").getBytes(StandardCharsets.US_ASCII));
                        assertThat(line(in)).isEqualTo(word.toUpperCase(Locale.ROOT));
                    }
                    if (protocol.equals("shout")) {
                        socket.shutdownOutput();
                    } else {
                        socket.getOutputStream().write('\n'); // an empty line tells the pod to end
                    }
                    assertThat(in.read()).isEqualTo(-1);
                    assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("end");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpClient.Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void a_client_that_leaves_takes_its_connection_to_the_pod_along(HttpClient.Version version, @TempDir Path home)
            throws Exception {
        Pki pki = Pki.open(home.resolve("pki"), time);
        try (HttpsServer https = serve(pki);
                HttpApi admin = new HttpApi(https.url(), pki.authority(), pki.client("admin", Client.ADMIN), version)) {
            var answer = admin.http()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create(https.url() + NAMESPACE + "pods/p/proxy/mute"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("GET /mute ");
            answer.cancel(true);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("left");
        }
    }

    @Test
    void what_asks_for_another_protocol_gets_no_answer_of_this_one() throws InterruptedException {
        Request request = Request.of("GET", NAMESPACE + "services/web:http/proxy/x")
                .with("connection", "Upgrade")
                .with("upgrade", "shout");
        assertThat(api.send(request).is(500).message()).contains("invalid upgrade response: status code 200");
        assertThat(api.send(Request.of("GET", NAMESPACE + "services/web:http/proxy/shout"))
                        .is(500)
                        .message())
                .contains("invalid upgrade response: status code 101");
        heard.clear();
        api.send(Request.of("POST", NAMESPACE + "services/web:http/proxy/x")
                        .with("connection", "Upgrade")
                        .with("upgrade", "websocket"))
                .is(200); // WebSockets begin with a GET
        String posted = heard.take();
        while (posted.equals("end")) { // of the connection before, which may end late
            posted = heard.take();
        }
        assertThat(posted).contains("\nconnection: close").doesNotContain("upgrade");
    }

    @Test
    void kubectl_shows_a_stream_as_it_comes(@TempDir Path home) throws Exception {
        assumeTrue(Kubectl.isThere(), "no kubectl on the PATH");
        Pki pki = Pki.open(home.resolve("pki"), time);
        try (HttpsServer https = serve(pki)) {
            Path kubeconfig = home.resolve("kubeconfig");
            Kubeconfig.write(kubeconfig, "fairlead", https.url(), pki.authority(), pki.client("admin", Client.ADMIN));
            Kubectl kubectl = new Kubectl(home, kubeconfig, Map.of());
            assertThat(kubectl.run("get", "--raw", NAMESPACE + "services/web:http/proxy/a?b=c")
                            .quietly())
                    .isEqualTo("/a?b=c");
            Process streaming = kubectl.start("get", "--raw", NAMESPACE + "services/web:http/proxy/stream");
            Path out = home.resolve("out");
            awaitText(out, "first");
            goOn.countDown();
            assertThat(streaming.waitFor()).isZero();
            awaitText(out, "firstsecond");
        }
    }

    private static void awaitText(Path file, String text) throws IOException {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!Files.readString(file).equals(text)) {
            assertThat(Instant.now())
                    .as("%s in time, not %s", text, Files.readString(file))
                    .isBefore(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void answers_come_back_as_they_were_made() throws Exception {
        String proxy = NAMESPACE + "services/web:http/proxy";
        Client.Answer tea = api.get(proxy + "/teapot").is(418);
        assertThat(body(tea.reply())).isEqualTo("tea");
        assertThat(tea.reply().header("x-a")).isEqualTo("b");
        assertThat(api.get(proxy + "/moved").is(302).reply().header("location")).isEqualTo(proxy + "/else?a=b");
        assertThat(api.get(proxy + "?x=y").is(301).reply().header("location")).isEqualTo(proxy + "/?x=y");
        assertThat(body(api.raw(Request.of("GET", proxy + "/open")))).isEqualTo("until the end");
        assertThat(body(api.raw(Request.of("HEAD", proxy + "/x")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services/web:81/proxy/ | 503 | no endpoints available for service \"web\"",
                "services/web:82/proxy/ | 503 | no service port 82 found for service \"web\"",
                "services/web/proxy/ | 503 | no endpoints available for service \"web\"",
                "services/none:http/proxy/ | 404 | endpoints \"none\" not found",
                "services/none:80/proxy/ | 404 | services \"none\" not found",
                "services/ftp:web:http/proxy/ | 400 | invalid service request \"ftp:web:http\"",
                "services/a:b:c:d/proxy/ | 400 | invalid service request \"a:b:c:d\"",
                "pods/none/proxy/ | 404 | pods \"none\" not found",
                "pods/p:http/proxy/ | 400 | invalid port \"http\" for pod \"p\"",
                "pods/p:1/proxy/ | 503 | error trying to reach service: ",
                "services/web:http/proxy/nothing | 503 | error trying to reach service: the connection ended without an answer",
                "services/web:http/proxy/noise | 503 | error trying to reach service: the answer is not HTTP/1.1",
            })
    void what_cannot_be(String path, int code, String message) {
        assertThat(api.get(NAMESPACE + path).is(code).message()).startsWith(message);
    }

    @Test
    void it_leads_to_pods_only() {
        endpoints("127.77.128.10", "p");
        assertThat(api.get(NAMESPACE + "services/web:http/proxy/").is(503).message())
                .startsWith("no endpoints available");
        endpoints(IP, "gone");
        assertThat(api.get(NAMESPACE + "services/web:http/proxy/").is(503).message())
                .startsWith("no endpoints available");
    }

    @Test
    void who_may_not_is_refused() {
        Request request =
                Request.of("GET", NAMESPACE + "services/web:http/proxy/").as(new Request.User("nobody", Set.of()));
        assertThat(api.send(request).is(403).message()).contains("cannot get resource \"services/proxy\"");
    }

    private static String body(Reply reply) {
        return switch (reply) {
            case Reply.Whole whole -> new String(whole.body(), StandardCharsets.UTF_8);
            case Reply.Streamed streamed -> {
                StringBuilder text = new StringBuilder();
                try (var stream = streamed.stream()) {
                    for (byte[] piece = stream.next(); piece != null; piece = stream.next()) {
                        text.append(new String(piece, StandardCharsets.UTF_8));
                    }
                } catch (IOException | InterruptedException broken) {
                    throw new AssertionError(broken);
                }
                yield text.toString();
            }
        };
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        pod.close();
        server.close();
        store.close();
        time.close();
    }
}
