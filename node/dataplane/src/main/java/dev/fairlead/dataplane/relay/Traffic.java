// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.util.concurrent.atomic.LongAdder;

/** What passed between clients and one endpoint, counted since it was first seen. */
public final class Traffic {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder toEndpoint = new LongAdder();
    private final LongAdder toClient = new LongAdder();

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

    void countOpened() {
        opened.increment();
    }

    void countClosed() {
        closed.increment();
    }

    void countFailed() {
        failed.increment();
    }

    void countToEndpoint(long bytes) {
        toEndpoint.add(bytes);
    }

    void countToClient(long bytes) {
        toClient.add(bytes);
    }
}
