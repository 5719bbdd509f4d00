// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the API to pods by services/proxy and pods/proxy, and from the node's network to the API by default/kubernetes. */
final class ThroughTheApiTest {
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void bothWays(String network) throws Exception {
        try (Running running = Running.start(network, scratch.resolve("data"), "one")) {
            Shop shop = running.shop().apply();
            shop.awaitReady("backend", 3);
            String services = "/api/v1/namespaces/shop/services/backend:http/proxy/";
            AtomicReference<String> got = new AtomicReference<>("");
            Shop.await("services/proxy", PATIENCE, () -> {
                got.set(get(running, services));
                return got.get().startsWith("200 ");
            });
            assertThat(got.get()).contains("pod=backend-");
            String pod = Shop.name(shop.pods("backend").getFirst()).name();
            assertThat(get(running, "/api/v1/namespaces/shop/pods/" + pod + ":8080/proxy/"))
                    .startsWith("200 ")
                    .contains("pod=" + pod);
            assertThat(healthFromInside(running)).startsWith("HTTP/1.1 200 OK");
        }
    }

    private static String get(Running running, String path) throws IOException, InterruptedException {
        Reply reply = running.instance().api().call(Request.of("GET", path).as(ADMIN));
        String body = reply instanceof Reply.Whole whole ? new String(whole.body(), StandardCharsets.UTF_8) : "stream";
        return reply.status() + " " + body;
    }

    /** What the API answers where its own EndpointSlice says it is, asked from the node. */
    private static String healthFromInside(Running running) throws Exception {
        Tree slice =
                running.instance().client().get(Resources.ENDPOINT_SLICES, new ObjectName("default", "kubernetes"));
        String address = slice.trees("endpoints").getFirst().texts("addresses").getFirst();
        int port = (int) slice.trees("ports").getFirst().whole("port", 0);
        try (SocketChannel channel = running.instance().socket()) {
            channel.connect(new InetSocketAddress(address, port));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Believer()}, null);
            try (Socket tls = context.getSocketFactory().createSocket(channel.socket(), address, port, true)) {
                tls.getOutputStream()
                        .write("GET /livez HTTP/1.1\r\nHost: kubernetes\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                return new String(tls.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }

    private static final class Believer implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
