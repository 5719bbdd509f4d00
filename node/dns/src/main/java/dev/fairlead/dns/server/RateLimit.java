// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.wire.time.Time;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many queries a source may ask: so many a second, and as many at once. The sources heard least lately are forgotten. */
final class RateLimit {
    private static final int SOURCES = 10_000;

    private static final class Bucket {
        double left;
        long since;

        Bucket(double left, long since) {
            this.left = left;
            this.since = since;
        }
    }

    private static final class Buckets extends LinkedHashMap<InetAddress, Bucket> {
        private static final long serialVersionUID = 1L;

        Buckets() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
            return size() > SOURCES;
        }
    }

    private final int perSecond;
    private final Time time;
    private final Map<InetAddress, Bucket> buckets = new Buckets();
    private final Map<InetAddress, Bucket> known = new Buckets();

    /**
     * A limit.
     *
     * @param perSecond queries of one source; 0 for as many as it likes
     */
    RateLimit(int perSecond, Time time) {
        this.perSecond = perSecond;
        this.time = time;
    }

    /** Whether this source, or who says so, may ask once more. */
    boolean allows(InetAddress source) {
        return allows(source, buckets);
    }

    /** The same for one that surely is where it says: nobody else can use up its queries. */
    boolean allowsKnown(InetAddress source) {
        return allows(source, known);
    }

    /** How many sources are remembered. */
    int sources() {
        synchronized (buckets) {
            return buckets.size();
        }
    }

    private boolean allows(InetAddress source, Map<InetAddress, Bucket> buckets) {
        if (perSecond == 0) {
            return true;
        }
        long now = time.nanos();
        synchronized (buckets) {
            Bucket bucket = buckets.computeIfAbsent(source, any -> new Bucket(perSecond, now));
            bucket.left = Math.min(perSecond, bucket.left + (now - bucket.since) / 1e9 * perSecond);
            bucket.since = now;
            if (bucket.left < 1) {
                return false;
            }
            bucket.left--;
            return true;
        }
    }
}
