// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The latest attempts to connect to one endpoint. Any loop may note one, without waiting; whoever reads meanwhile may miss
 * the one that is being noted.
 */
public final class Attempts {
    private static final int KEPT = 8;

    /** What became of an attempt. */
    public enum Outcome {
        /** The endpoint took it; of datagrams: it answered. */
        CONNECTED,
        /** It was refused, or the endpoint could not be reached. */
        REFUSED,
        /** Nothing came back in time. */
        SILENT
    }

    /**
     * One attempt.
     *
     * @param nanos when, by the clock of the loops
     * @param client for whom
     */
    public record Attempt(long nanos, InetAddress client, Outcome outcome) {}

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Attempt> ring = new AtomicReferenceArray<>(KEPT);

    void note(Attempt attempt) {
        ring.set(Math.floorMod(next.getAndIncrement(), KEPT), attempt);
    }

    /** Those that are still known, newest first. */
    public List<Attempt> latest() {
        List<Attempt> latest = new ArrayList<>(KEPT);
        for (int i = 0; i < KEPT; i++) {
            Attempt attempt = ring.get(i);
            if (attempt != null) {
                latest.add(attempt);
            }
        }
        latest.sort(Comparator.comparingLong(Attempt::nanos).reversed());
        return latest;
    }
}
