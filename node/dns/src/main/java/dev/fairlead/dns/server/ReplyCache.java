// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Replies of others, each kept for the least TTL of its records and at most an hour; the least recently used go first. */
final class ReplyCache {
    private static final int CAPACITY = 10_000;
    private static final long LONGEST = 3600;

    private record Key(DnsName name, int type, boolean dnssec, boolean checkingDisabled) {
        static Key of(Query query) {
            boolean dnssec = query.edns() != null && query.edns().dnssecOk();
            return new Key(query.name(), query.type(), dnssec, query.checkingDisabled());
        }
    }

    private record Kept(UpstreamReply reply, long since) {}

    /** A remembered reply and for how many seconds it was. */
    record Hit(UpstreamReply reply, long age) {}

    private final Time time;
    private final Map<Key, Kept> replies = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
            return size() > CAPACITY;
        }
    };

    ReplyCache(Time time) {
        this.time = time;
    }

    synchronized Optional<Hit> find(Query query) {
        Key key = Key.of(query);
        Kept kept = replies.get(key);
        if (kept == null) {
            return Optional.empty();
        }
        long age = Duration.ofNanos(time.nanos() - kept.since).toSeconds();
        if (age >= Math.min(kept.reply.lifetime(), LONGEST)) {
            replies.remove(key);
            return Optional.empty();
        }
        return Optional.of(new Hit(kept.reply, age));
    }

    synchronized void remember(Query query, UpstreamReply reply) {
        boolean conclusive = reply.rcode() == 0 || reply.rcode() == 3;
        if (conclusive && !reply.truncated() && reply.lifetime() > 0) {
            replies.put(Key.of(query), new Kept(reply, time.nanos()));
        }
    }
}
