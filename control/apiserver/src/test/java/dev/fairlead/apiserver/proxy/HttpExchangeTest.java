// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that take their time. */
@Timeout(60)
class HttpExchangeTest {
    private ServerSocket pod;
    private Socket client;

    @BeforeEach
    void listen() throws IOException {
        pod = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        client = new Socket(pod.getInetAddress(), pod.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        pod.close();
    }

    private HttpExchange exchange(Duration patience) {
        return new HttpExchange(
                client,
                new InetSocketAddress(pod.getInetAddress(), pod.getLocalPort()),
                Route.of("/api/v1/namespaces/default/pods/p/proxy/x", true),
                "http",
                patience);
    }

    @Test
    void a_pod_that_does_not_begin_to_answer_is_not_waited_for() throws IOException {
        try (Socket silent = pod.accept()) {
            assertThatThrownBy(() -> exchange(Duration.ofMillis(100)).send(Request.of("GET", "/x")))
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(504));
            silent.setSoTimeout(30_000);
            assertThat(new String(silent.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .as("the connection has ended")
                    .startsWith("GET /x HTTP/1.1");
        }
    }

    @Test
    void an_answer_that_has_begun_takes_as_long_as_it_takes() throws Exception {
        try (Socket slow = pod.accept()) {
            slow.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Reply reply = exchange(Duration.ofSeconds(30)).send(Request.of("GET", "/x"));
            assertThat(reply).isInstanceOf(Reply.Streamed.class);
            assertThat(client.getSoTimeout()).isZero();
        }
    }
}
