// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One request to a server with nothing behind it, while the first cluster's API is being made: when that is asked for the first
 * time, the classes that a request needs are there.
 */
final class Rehearsal {
    private static final System.Logger LOG = System.getLogger(Rehearsal.class.getName());
    private static final String HOST = "127.0.0.1";
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Rehearsal() {}

    static void begin() {
        Thread.ofPlatform().daemon().name("cluster-rehearsal").start(Rehearsal::play);
    }

    private static void play() {
        try {
            HttpsServer server = HttpsServer.start(
                    HttpsServer.Settings.plain(HOST, 0, new Identities(Map.of()), Limits.STANDARD),
                    request -> new Reply.Whole(200, Map.of(), new byte[0]));
            try (Socket client =
                    new Socket(InetAddress.ofLiteral(HOST), server.address().getPort())) {
                client.getOutputStream().write(REQUEST);
                byte[] _ = client.getInputStream().readAllBytes();
            } finally {
                server.abort();
            }
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.DEBUG, "the first cluster will start somewhat slower", failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
