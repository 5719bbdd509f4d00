// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes requests to the API of those that come by HTTP, and names them: the answer has the name that logs tell it by. */
final class Incoming {
    private static final String AUDIT_ID = "audit-id";

    /** Of the names by which requests are told apart; the other half counts. */
    private final long beginning = UUID.randomUUID().getMostSignificantBits();

    private final AtomicLong count = new AtomicLong();

    /**
     * What the API is asked.
     *
     * @param user null for one that nobody knows
     */
    Request request(HttpServerRequest request, byte[] body, @Nullable User user) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            String between = name.startsWith("impersonate-") ? "\n" : ", ";
            headers.merge(name, header.getValue(), (one, more) -> one + between + more);
        }
        headers.remove(Upgrades.METHOD);
        String id = new UUID(beginning, count.incrementAndGet()).toString();
        headers.put(AUDIT_ID, id);
        if (!request.response().headWritten()) {
            request.response().putHeader(AUDIT_ID, id);
        }
        InetAddress from = client(request);
        if (from != null) {
            headers.merge("x-forwarded-for", from.getHostAddress(), (before, here) -> before + ", " + here);
        }
        return new Request(Upgrades.method(request), request.uri(), headers, body, user);
    }

    /** The client's address; null where there is none. */
    static @Nullable InetAddress client(HttpServerRequest request) {
        String host =
                request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
        return host == null ? null : InetAddress.ofLiteral(host);
    }
}
