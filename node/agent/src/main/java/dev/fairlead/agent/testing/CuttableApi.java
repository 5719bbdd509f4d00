// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.testing;

import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A node's way to an API, which a test can cut and mend: cut, requests fail and streams break, as with a pulled cable. */
public final class CuttableApi implements Api {
    private final Api api;
    private final Time time;
    private final Set<Breakable> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile Duration lag = Duration.ZERO;

    /** A way to {@code api}, whole at first. */
    public CuttableApi(Api api, Time time) {
        this.api = api;
        this.time = time;
    }

    /** From now on nothing gets through, and what was under way ends. */
    public void cut() {
        cut = true;
        streams.forEach(Breakable::snap);
    }

    /** From now on everything gets through again. */
    public void mend() {
        cut = false;
    }

    /** From now on watches tell what they have to tell up to that much later: the node is behind. */
    public void lag(Duration behind) {
        lag = behind;
    }

    @Override
    public Reply call(Request request) throws IOException, InterruptedException {
        if (cut) {
            throw new IOException("no route to the API: the cable is cut");
        }
        Reply reply = api.call(request);
        if (!(reply instanceof Reply.Streamed streamed)) {
            return reply;
        }
        Breakable breakable = new Breakable(streamed.stream());
        streams.add(breakable);
        if (cut) {
            breakable.snap();
        }
        return new Reply.Streamed(streamed.status(), streamed.headers(), breakable);
    }

    private final class Breakable implements dev.fairlead.wire.exchange.Stream {
        private final dev.fairlead.wire.exchange.Stream stream;
        private volatile boolean snapped;
        private long heard = time.nanos();

        Breakable(dev.fairlead.wire.exchange.Stream stream) {
            this.stream = stream;
        }

        void snap() {
            snapped = true;
            close();
        }

        @Override
        public byte @Nullable [] next() throws IOException, InterruptedException {
            byte[] next = stream.next();
            if (time.nanos() - heard > lag.toNanos()) {
                LockSupport.parkNanos(lag.toNanos());
                heard = time.nanos(); // what has come meanwhile is as late already
            }
            if (snapped) {
                throw new IOException("the connection broke: the cable is cut");
            }
            return next;
        }

        @Override
        public void close() {
            streams.remove(this);
            stream.close();
        }
    }
}
