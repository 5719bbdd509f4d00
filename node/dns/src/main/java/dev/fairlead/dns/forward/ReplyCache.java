// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replies of others, each for the least TTL of its records: at most an hour, half an hour when it is negative, 5 s when
 * it is a failure. What is over its time is kept for a while, for when nobody answers. The least recently used go first.
 */
final class ReplyCache {
    private static final int CAPACITY = 10_000;
    private static final long LONGEST = 3600;
    private static final long LONGEST_NEGATIVE = 1800;
    private static final long FAILURE = 5; // RFC 9520: failures are remembered too, briefly
    private static final long PREFETCH_FROM = 10; // shorter ones are asked for so often anyway

    /** Which question. */
    record Key(DnsName name, int type, boolean dnssec, boolean checkingDisabled) {
        static Key of(Query query) {
            boolean dnssec = query.edns() != null && query.edns().dnssecOk();
            return new Key(query.name(), query.type(), dnssec, query.checkingDisabled());
        }
    }

    private static final class Kept {
        final UpstreamReply reply;
        final long since;
        final long lifetime;
        int hits;
        long quietUntil;

        Kept(UpstreamReply reply, long since, long lifetime) {
            this.reply = reply;
            this.since = since;
            this.lifetime = lifetime;
            this.quietUntil = since;
        }
    }

    /**
     * A remembered reply.
     *
     * @param age for how many seconds it was
     * @param stale whether it is over its time
     * @param due whether it is asked for so often, and so near its end, that it should be fetched anew
     * @param quiet whether it was just tried in vain to fetch it anew
     */
    record Hit(UpstreamReply reply, long age, boolean stale, boolean due, boolean quiet) {
        static Hit fresh(UpstreamReply reply) {
            return new Hit(reply, 0, false, false, false);
        }

        boolean negative() {
            return reply.records().isEmpty() || reply.rcode() != 0;
        }
    }

    private final Time time;
    private final long stale;
    private final Map<Key, Kept> replies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
            return size() > CAPACITY;
        }
    };

    ReplyCache(Time time, Duration stale) {
        this.time = time;
        this.stale = stale.toSeconds();
    }

    /** What is known, fresh or stale. */
    synchronized @Nullable Hit find(Key key) {
        Kept kept = replies.get(key);
        if (kept == null) {
            return null;
        }
        long now = time.nanos();
        long age = Duration.ofNanos(now - kept.since).toSeconds();
        boolean failed = kept.reply.rcode() == Rcode.SERVFAIL.number();
        if (age >= kept.lifetime + (failed ? 0 : stale)) {
            replies.remove(key);
            return null;
        }
        kept.hits++;
        boolean over = age >= kept.lifetime;
        boolean quiet = now - kept.quietUntil < 0;
        boolean often = kept.hits > 1 && kept.lifetime >= PREFETCH_FROM;
        boolean due = !over && !quiet && often && (kept.lifetime - age) * 10 <= kept.lifetime;
        return new Hit(kept.reply, age, over, due, quiet);
    }

    synchronized void remember(Key key, UpstreamReply reply) {
        long lifetime = lifetime(reply);
        if (!reply.truncated() && lifetime > 0) {
            replies.put(key, new Kept(reply, time.nanos(), lifetime));
        }
    }

    private static long lifetime(UpstreamReply reply) {
        if (reply.rcode() == Rcode.SERVFAIL.number()) {
            return FAILURE;
        }
        if (reply.rcode() == Rcode.NXDOMAIN.number()) {
            return Math.min(reply.lifetime(), LONGEST_NEGATIVE);
        }
        return reply.rcode() == 0 ? Math.min(reply.lifetime(), LONGEST) : 0;
    }

    /** Takes note that nobody answered: what is known is given for a while without asking. */
    synchronized void failed(Key key) {
        Kept kept = replies.get(key);
        if (kept != null) {
            kept.quietUntil = time.nanos() + Duration.ofSeconds(FAILURE).toNanos();
        }
    }

    synchronized int size() {
        return replies.size();
    }
}
