// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.pki.Pki;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that does not read its watch delays nobody else, and loses nothing until the store has forgotten it. */
@Timeout(120)
class SlowWatcherTest {
    private static final String MAPS = ApiContract.CONFIG_MAPS;
    private static final int CHANGES = 300;
    /** All changes together are more than sockets, TLS and the server hold for one connection. */
    private static final String LONG = "x".repeat(60_000);

    private static final Pattern EVENT = Pattern.compile("\\{\"type\":\"([A-Z]+)\"(?:[^\n]*\"seq\":\"(\\d+)\")?");

    @TempDir
    Path folder;

    private final TestServer server = new TestServer();
    private final Client api = new Client(server.api());
    private HttpsServer https;
    private HttpApi client;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Pki pki = Pki.open(folder.resolve("pki"), server.time());
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        0,
                        pki.server(Set.of("127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of()),
                        Limits.STANDARD),
                server.api());
        Credential admin = pki.client("admin", Client.ADMIN);
        client = new HttpApi(https.url(), pki.authority(), admin, HttpClient.Version.HTTP_1_1);
        api.post(MAPS, "{metadata: {name: one, labels: {seq: '0'}}, data: {text: a}}")
                .is(201);
    }

    @AfterEach
    void stop() {
        client.close();
        https.close();
        server.close();
    }

    @Test
    void stalls_only_itself_and_misses_nothing() throws Exception {
        try (SSLSocket slow = watch();
                Events others = new Client(client).watch(MAPS + "?watch=true&resourceVersion=" + revision())) {
            change();
            for (int seq = 1; seq <= CHANGES; seq++) {
                assertThat(others.event().tree("object").tree("metadata").textMap("labels"))
                        .containsEntry("seq", Integer.toString(seq));
            }
            assertThat(seen(slow, CHANGES)).isEqualTo(all(CHANGES));
            api.merge(MAPS + "/one", "{\"metadata\":{\"labels\":{\"seq\":\"" + (CHANGES + 1) + "\"}}}")
                    .is(200);
            assertThat(seen(slow, 1)).as("after it has caught up").containsExactly(Integer.toString(CHANGES + 1));
        }
    }

    @Test
    void is_told_when_the_store_has_forgotten_what_comes_next() throws Exception {
        try (SSLSocket slow = watch()) {
            change();
            server.store().compact(server.store().revision());
            List<String> seen = seen(slow, CHANGES);
            assertThat(seen).last().isEqualTo("ERROR");
            List<String> before = seen.subList(0, seen.size() - 1);
            assertThat(before)
                    .as("what came before has no gap")
                    .isEqualTo(all(before.size()))
                    .hasSizeLessThan(CHANGES);
        }
    }

    private static List<String> all(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    private void change() {
        for (int seq = 1; seq <= CHANGES; seq++) {
            api.merge(
                            MAPS + "/one",
                            "{\"metadata\":{\"labels\":{\"seq\":\"" + seq + "\"}},\"data\":{\"text\":\"" + LONG + seq
                                    + "\"}}")
                    .is(200);
        }
    }

    private String revision() {
        return Long.toString(server.store().revision());
    }

    /** A connection with a small window that has asked for a watch, and has read the beginning of the answer. */
    private SSLSocket watch() throws IOException {
        Socket plain = new Socket();
        plain.setReceiveBufferSize(4096);
        URI at = URI.create(https.url());
        plain.connect(new InetSocketAddress(at.getHost(), at.getPort()), 30_000);
        SSLSocket socket = (SSLSocket)
                client.http().sslContext().getSocketFactory().createSocket(plain, at.getHost(), at.getPort(), true);
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + MAPS + "?watch=true&resourceVersion=" + revision() + " HTTP/1.1\r\nhost: api\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 200");
        return socket;
    }

    /** The next so many events: the label of each, or its type when it is an error, which is the last. */
    private static List<String> seen(SSLSocket socket, int count) throws IOException {
        List<String> seen = new ArrayList<>();
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[64 << 10];
        int looked = 0;
        while (seen.size() < count && (seen.isEmpty() || !seen.getLast().equals("ERROR"))) {
            int read = in.read(buffer);
            assertThat(read).as("the watch goes on after %s", seen.size()).isPositive();
            text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
            int whole = text.lastIndexOf("\n");
            if (whole > looked) {
                Matcher events = EVENT.matcher(text.substring(looked, whole + 1));
                while (events.find()) {
                    seen.add(events.group(2) == null ? events.group(1) : events.group(2));
                }
                text.delete(0, whole + 1);
                looked = 0;
            }
        }
        return seen;
    }
}
