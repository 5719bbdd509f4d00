// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What passed between clients and one endpoint, counted since it was first seen. */
public final class Traffic {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder toEndpoint = new LongAdder();
    private final LongAdder toClient = new LongAdder();
    private volatile @Nullable Attempts attempts; // most endpoints of a large cluster never see one

    private final LongAdder failures;

    /** Counters of an endpoint alone. */
    public Traffic() {
        this(new LongAdder());
    }

    /** Counters of an endpoint whose failed attempts are counted in {@code failures} too, with those of others. */
    public Traffic(LongAdder failures) {
        this.failures = failures;
    }

    /** Of connections that somebody else has counted; which of them are under way is not known, none is said to be. */
    public static Traffic counted(long connections) {
        Traffic traffic = new Traffic(new LongAdder());
        traffic.opened.add(connections);
        traffic.closed.add(connections);
        return traffic;
    }

    /** Connections (or flows of datagrams) made. */
    public long opened() {
        return opened.sum();
    }

    /** Connections under way. */
    public long open() {
        return opened.sum() - closed.sum();
    }

    /** Attempts to connect that failed. */
    public long failed() {
        return failed.sum();
    }

    /** Bytes that clients sent. */
    public long bytesToEndpoint() {
        return toEndpoint.sum();
    }

    /** Bytes that clients were sent. */
    public long bytesToClient() {
        return toClient.sum();
    }

    /** The latest attempts to connect, newest first. */
    public List<Attempts.Attempt> attempts() {
        Attempts known = attempts;
        return known == null ? List.of() : known.latest();
    }

    /** Whether the latest attempt to connect failed. */
    public boolean failing() {
        List<Attempts.Attempt> latest = attempts();
        return !latest.isEmpty() && latest.getFirst().outcome() != Attempts.Outcome.CONNECTED;
    }

    void countOpened() {
        opened.increment();
    }

    void countClosed() {
        closed.increment();
    }

    void countFailed() {
        failed.increment();
    }

    /** Takes note of what became of an attempt; counting it is another matter. */
    void note(long nanos, InetAddress client, Attempts.Outcome outcome) {
        Attempts known = attempts;
        if (known == null) {
            synchronized (opened) {
                known = attempts;
                if (known == null) {
                    known = new Attempts();
                    attempts = known;
                }
            }
        }
        known.note(new Attempts.Attempt(nanos, client, outcome));
        if (outcome != Attempts.Outcome.CONNECTED) {
            failures.increment();
        }
    }

    void countToEndpoint(long bytes) {
        toEndpoint.add(bytes);
    }

    void countToClient(long bytes) {
        toClient.add(bytes);
    }
}
