// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.trouble;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An API whose watches of one kind come late. */
public final class LateWatches implements Api {
    private final Api api;
    private final Time time;
    private final String plural;
    private final Set<TroubledWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile Duration delay = Duration.ZERO;

    /** Not late at first. */
    public LateWatches(Api api, Time time, String plural) {
        this.api = api;
        this.time = time;
        this.plural = plural;
    }

    /** Events come so much later, zero: those that are late at once. */
    public void delay(Duration later) {
        delay = later;
        watches.forEach(TroubledWatch::ring);
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        Reply reply = api.call(request);
        if (!(reply instanceof Reply.Streamed streamed)
                || !(streamed.stream() instanceof Signalled watch)
                || !Asked.of(request).plural().equals(plural)) {
            return reply;
        }
        TroubledWatch late = new TroubledWatch(watch, time, () -> delay, watches::remove);
        watches.add(late);
        return new Reply.Streamed(streamed.status(), streamed.headers(), late);
    }
}
