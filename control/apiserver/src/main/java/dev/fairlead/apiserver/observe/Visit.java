// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.observe;

import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One request while it is answered, and what has become known of it. Belongs to the thread that answers it. */
public final class Visit {
    private final Request request;
    private final long began;
    private @Nullable User asker;
    private @Nullable User user;
    private @Nullable Target target;
    private @Nullable Decision decision;
    private String verb;

    /** @param began on the monotonic clock, nanoseconds */
    public Visit(Request request, long began) {
        this.request = request;
        this.began = began;
        this.verb = request.method().toLowerCase(Locale.ROOT);
    }

    /** It is known who asks, and in whose name. */
    public void from(User whoAsks, User inWhoseName) {
        asker = whoAsks;
        user = inWhoseName;
    }

    /** It is known what is asked. */
    public void about(Target what, String how) {
        target = what;
        verb = how;
    }

    /** It is decided whether it may be. */
    public void decided(Decision what) {
        decision = what;
    }

    /** The request. */
    public Request request() {
        return request;
    }

    /** When it came, on the monotonic clock, nanoseconds. */
    public long began() {
        return began;
    }

    /** Who asks; null as long as nobody knows. */
    public @Nullable User asker() {
        return asker;
    }

    /** In whose name, or in whose it was meant to be; the asker unless somebody is impersonated. */
    public @Nullable User user() {
        return user;
    }

    /** Whether it may be, as the rules say; null when nobody came to ask them. */
    public @Nullable Decision decision() {
        return decision;
    }

    /** Which objects; null for other paths. */
    public @Nullable Target target() {
        return target;
    }

    /** {@code get}, {@code list} …; for other paths the method in lower case. */
    public String verb() {
        return verb;
    }

    /** Whether it changes something. */
    public boolean mutating() {
        return switch (request.method()) {
            case "GET", "HEAD", "OPTIONS" -> false;
            default -> true;
        };
    }

    /** The trace that the client says the request belongs to (W3C Trace Context); empty when it says none. */
    public String trace() {
        String parent = request.headers().getOrDefault("traceparent", "");
        return parent.length() >= 35 && parent.charAt(2) == '-' ? parent.substring(3, 35) : "";
    }
}
