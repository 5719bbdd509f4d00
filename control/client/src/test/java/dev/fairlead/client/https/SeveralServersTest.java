// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is asked when a server of several goes, and who when it comes back. */
class SeveralServersTest {
    private final Map<String, HttpServer> servers = new HashMap<>();

    @BeforeEach
    void serve() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            start(name, 0);
        }
    }

    @AfterEach
    void stop() {
        servers.values().forEach(server -> server.stop(0));
    }

    private void start(String name, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            byte[] body = name.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        servers.put(name, server);
    }

    private URI uri(String name) {
        return URI.create("http://127.0.0.1:" + server(name).getAddress().getPort());
    }

    private HttpServer server(String name) {
        HttpServer server = servers.get(name);
        assertThat(server).as(name).isNotNull();
        return server;
    }

    private SeveralServers api(String first, String... others) {
        return new SeveralServers(
                new Connection(uri(first), List.of(), false, null, null),
                List.of(others).stream().map(this::uri).toList());
    }

    private static String ask(SeveralServers api) throws IOException, InterruptedException {
        if (api.call(Request.of("GET", "/version")) instanceof Reply.Whole whole) {
            return new String(whole.body(), StandardCharsets.US_ASCII);
        }
        throw new IOException("a streamed version");
    }

    private static void fails(SeveralServers api) {
        assertThatThrownBy(() -> ask(api)).isInstanceOf(IOException.class);
    }

    @Test
    void theRequestThatMayHaveBeenCarriedOutFailsAndTheNextGoesElsewhere() throws Exception {
        try (SeveralServers api = api("a", "b")) {
            assertThat(ask(api)).isEqualTo("a");
            URI gone = uri("a");
            server("a").stop(0);

            fails(api);

            assertThat(ask(api)).isEqualTo("b");
            assertThat(api.current()).isEqualTo(uri("b"));
            start("a", gone.getPort());
            assertThat(ask(api)).as("who answers is not left").isEqualTo("b");
            server("b").stop(0);
            fails(api);
            assertThat(ask(api)).as("the first is there again").isEqualTo("a");
        }
    }

    @Test
    void whoAnswersStaysThoughOthersAreLearnt() throws Exception {
        try (SeveralServers api = api("a", "b")) {
            server("a").stop(0);
            fails(api);
            assertThat(ask(api)).isEqualTo("b");

            api.learn(List.of(uri("c")));

            assertThat(ask(api)).as("though it is not among them").isEqualTo("b");
            server("b").stop(0);
            fails(api);
            fails(api); // the first, which is always tried
            assertThat(ask(api)).isEqualTo("c");
        }
    }

    @Test
    void oneAloneIsAskedAgain() throws Exception {
        try (SeveralServers api = api("a")) {
            URI only = uri("a");
            server("a").stop(0);
            fails(api);
            fails(api);
            start("a", only.getPort());
            assertThat(ask(api)).isEqualTo("a");
        }
    }

    @Test
    void theSameServerTwiceIsOne() throws Exception {
        try (SeveralServers api = api("a", "a", "b")) {
            server("a").stop(0);
            fails(api);
            assertThat(ask(api)).isEqualTo("b");
        }
    }
}
