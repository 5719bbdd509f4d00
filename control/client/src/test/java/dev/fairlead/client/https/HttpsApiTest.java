// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.TinyApi;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same list and watch through TLS with client certificates, on loopback. */
class HttpsApiTest {
    private final TinyApi tiny = new TinyApi();
    private final List<String> asked = new ArrayList<>();
    private HttpsServer server;

    @BeforeEach
    void serve() throws IOException {
        SSLContext tls = Trust.of(connection(URI.create("https://unused"), true, true));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    static String resource(String name) throws IOException {
        try (var in = HttpsApiTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static Connection connection(URI uri, boolean authority, boolean identity) throws IOException {
        return new Connection(
                uri,
                authority ? Pem.certificates(resource("ca.crt")) : List.of(),
                false,
                identity
                        ? new Connection.Identity(Pem.certificates(resource("leaf.crt")), Pem.key(resource("sec1.key")))
                        : null,
                () -> "secret");
    }

    private URI uri() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        synchronized (asked) {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("User-agent"));
        }
        Reply reply = tiny.call(
                Request.of(exchange.getRequestMethod(), exchange.getRequestURI().toString()));
        try (exchange;
                OutputStream out = exchange.getResponseBody()) {
            switch (reply) {
                case Reply.Whole whole -> {
                    exchange.getResponseHeaders().add("Warning", "299 - \"one\"");
                    exchange.getResponseHeaders().add("Warning", "299 - \"two\"");
                    exchange.sendResponseHeaders(whole.status(), whole.body().length);
                    out.write(whole.body());
                }
                case Reply.Streamed streamed -> {
                    exchange.sendResponseHeaders(200, 0);
                    out.flush();
                    for (byte[] piece = streamed.stream().next();
                            piece != null;
                            piece = streamed.stream().next()) {
                        out.write(piece);
                        out.flush();
                    }
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void lists_and_watches_with_a_client_certificate_and_a_token() throws Exception {
        tiny.put("a", "1");
        CountDownLatch changed = new CountDownLatch(1);
        List<String> warnings = new ArrayList<>();
        try (SystemTime time = new SystemTime();
                HttpsApi api = new HttpsApi(connection(uri(), true, true));
                Informer<String> informer = new Informer<>(
                        new ApiClient(api, "fairlead-test/1", null, warnings::add),
                        Resources.CONFIG_MAPS,
                        Selection.ALL,
                        object -> Tree.of(object.value("data")).text("value", ""),
                        time,
                        new Random(1))) {
            informer.handle((ObjectName name, @Nullable String old, @Nullable String now, long revision) -> {
                if ("2".equals(now)) {
                    changed.countDown();
                }
            });
            informer.start();
            assertThat(informer.awaitSynced(Duration.ofSeconds(30))).isTrue();
            tiny.put("a", "2");
            assertThat(changed.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(asked).contains("Bearer secret fairlead-test/1");
        assertThat(warnings).containsExactly("one", "two");
        tiny.cut(false);
    }

    @Test
    void a_server_signed_by_somebody_else_is_not_believed() throws Exception {
        try (HttpsApi api = new HttpsApi(connection(uri(), false, true))) {
            assertThatThrownBy(() -> api.call(Request.of("GET", "/")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("talking to " + uri());
        }
    }

    @Test
    void nobody_listening_is_said_in_words() throws Exception {
        URI uri = uri();
        server.stop(0);
        try (HttpsApi api = new HttpsApi(connection(uri, true, true))) {
            assertThatThrownBy(() -> api.call(Request.of("GET", "/")))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot reach " + uri + ": ");
        }
    }

    @Test
    void keys_are_read_in_every_form() throws Exception {
        assertThat(Pem.key(resource("sec1.key"))).isInstanceOf(ECPrivateKey.class);
        assertThat(((ECPrivateKey) Pem.key(resource("sec1.key"))).getS())
                .isEqualTo(((ECPrivateKey) Pem.key(resource("pkcs8-ec.key"))).getS());
        assertThat(((RSAPrivateKey) Pem.key(resource("pkcs1.key"))).getPrivateExponent())
                .isEqualTo(((RSAPrivateKey) Pem.key(resource("pkcs8-rsa.key"))).getPrivateExponent());
        assertThat(KeyFactory.getInstance("EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(
                                Pem.key(resource("sec1.key")).getEncoded())))
                .isNotNull();
        assertThatThrownBy(() -> Pem.key("hello")).hasMessageContaining("no private key");
    }

    @Test
    void a_kubeconfig_is_read_and_its_mistakes_are_named(@TempDir Path folder) throws Exception {
        String good = """
                apiVersion: v1
                kind: Config
                current-context: c
                clusters:
                - name: k
                  cluster:
                    server: https://127.0.0.1:6443/
                    certificate-authority-data: %s
                contexts:
                - name: c
                  context: {cluster: k, user: u, namespace: shop}
                users:
                - name: u
                  user:
                    client-certificate: leaf.crt
                    client-key: sec1.key
                """.formatted(
                        Base64.getEncoder().encodeToString(resource("ca.crt").getBytes(StandardCharsets.US_ASCII)));
        Files.writeString(folder.resolve("leaf.crt"), resource("leaf.crt"));
        Files.writeString(folder.resolve("sec1.key"), resource("sec1.key"));
        Path file = folder.resolve("config");
        Files.writeString(file, good);
        Kubeconfig config = Kubeconfig.read(file);
        assertThat(config.namespace(null)).isEqualTo("shop");
        Connection connection = config.connection(null);
        assertThat(connection.server()).isEqualTo(URI.create("https://127.0.0.1:6443"));
        assertThat(connection.authorities()).hasSize(1);
        assertThat(connection.identity()).isNotNull();

        Map<String, String> mistakes = Map.of(
                good.replace("cluster: k,", "cluster: x,"),
                "clusters has none named 'x'; it has [k]",
                good.replace("current-context: c", "kind: Config"),
                "current-context is not set",
                good.replace("client-key: sec1.key", "client-key: gone.key"),
                "cannot read",
                good.replace("    client-key: sec1.key\n", ""),
                "but not both",
                good.replace("https://", "ftp://"),
                "https://host:port is expected",
                good.replace("clusters:", "clusters: ["),
                "line ",
                "",
                "the file is empty");
        mistakes.forEach((text, message) -> assertThatThrownBy(() -> {
                    Files.writeString(file, text);
                    Kubeconfig.read(file).connection(null);
                })
                .as(message)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(file.toString()));
    }
}
