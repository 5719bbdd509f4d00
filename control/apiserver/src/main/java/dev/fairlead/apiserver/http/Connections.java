// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The open connections. Too many are closed as they come. One on which nothing is answered or asked for a while is closed, be
 * it that its client has nothing to ask or that it sends the beginning of a request bit by bit, so that nobody holds
 * connections for nothing.
 */
final class Connections {
    /** How many looks a connection may be idle for. */
    static final int LOOKS = 4;

    private final int most;
    private final Map<HttpConnection, Use> open = new ConcurrentHashMap<>();

    /** What goes on on a connection. */
    private static final class Use {
        private final AtomicInteger requests = new AtomicInteger();
        private volatile long idleSince;

        Use(long look) {
            this.idleSince = look;
        }
    }

    /** How often it has been looked; what time is measured in here. */
    private volatile long look;

    Connections(int most) {
        this.most = most;
    }

    /**
     * A client has connected.
     *
     * @param channel the connection below HTTP, which lasts when another protocol takes over; null when it is not known
     */
    void admit(HttpConnection connection, @Nullable Channel channel) {
        if (open.size() >= most) {
            connection.close();
            return;
        }
        open.put(connection, new Use(look));
        if (channel == null) {
            connection.closeHandler(_ -> open.remove(connection));
        } else {
            // Vert.x tells nobody of the end of a connection that has left HTTP.
            channel.closeFuture().addListener(_ -> open.remove(connection));
        }
    }

    /** A request has come; what it gives back is to be run when it is answered or left, and counts once. */
    Runnable begun(HttpConnection connection) {
        Use use = open.get(connection);
        if (use == null) {
            return () -> {};
        }
        use.requests.incrementAndGet();
        AtomicBoolean over = new AtomicBoolean();
        return () -> {
            if (over.compareAndSet(false, true)) {
                use.idleSince = look;
                use.requests.decrementAndGet();
            }
        };
    }

    /** Closes those that have been idle for {@link #LOOKS} looks. For one caller, again and again. */
    void look() {
        long now = look + 1;
        look = now;
        open.forEach((connection, use) -> {
            if (use.requests.get() == 0 && now - use.idleSince > LOOKS) {
                connection.close();
            }
        });
    }
}
