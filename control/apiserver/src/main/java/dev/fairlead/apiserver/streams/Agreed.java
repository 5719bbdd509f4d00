// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.exchange.Duplex;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client and we will speak after the upgrade.
 *
 * @param spdy whether the connection becomes SPDY/3.1, as kubectl before 1.30 wants it; else a WebSocket
 * @param protocol what is spoken in it
 */
record Agreed(boolean spdy, String protocol) {
    private static final String SPDY = "SPDY/3.1";
    private static final String OVER_SPDY = "x-stream-protocol-version";
    private static final String OVER_WEBSOCKET = "sec-websocket-protocol";

    /**
     * The client's first choice among what is spoken.
     *
     * @param overWebSocket what is spoken in a WebSocket
     * @param overSpdy what is spoken in plain SPDY
     * @throws Refusal 400 when there is nothing in common
     */
    static Agreed on(Request request, List<String> overWebSocket, String overSpdy) {
        String upgrade = request.header("upgrade");
        if (upgrade == null) {
            throw Refusal.badRequest("Upgrade request required");
        }
        boolean spdy = upgrade.equalsIgnoreCase(SPDY);
        if (!spdy && !upgrade.equalsIgnoreCase("websocket")) {
            throw Refusal.badRequest("upgrade to " + upgrade + " is not served, only to websocket and " + SPDY);
        }
        String header = spdy ? OVER_SPDY : OVER_WEBSOCKET;
        List<String> spoken = spdy ? List.of(overSpdy) : overWebSocket;
        String chosen = chosen(request.header(header), spoken);
        if (chosen == null) {
            throw Refusal.badRequest(
                    (spdy ? "X-Stream-Protocol-Version" : "Sec-WebSocket-Protocol") + " must name one of " + spoken);
        }
        return new Agreed(spdy, chosen);
    }

    private static @Nullable String chosen(@Nullable String wished, List<String> spoken) {
        return Arrays.stream((wished == null ? "" : wished).split(",", -1))
                .map(String::strip)
                .filter(spoken::contains)
                .findFirst()
                .orElse(null);
    }

    /** The reply that switches to what was agreed on. */
    Reply switched(Duplex line) {
        return new Reply.Streamed(
                101,
                spdy
                        ? Map.of("connection", "Upgrade", "upgrade", SPDY, OVER_SPDY, protocol)
                        : Map.of(OVER_WEBSOCKET, protocol),
                line);
    }
}
