// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One query from its bytes to those of the answer, however it came: read, limited, answered, counted, told. */
final class Desk {
    private static final System.Logger LOG = System.getLogger(Desk.class.getName());
    private static final int HEADER = 12;

    private final Resolver resolver;
    private final NameTable pods;
    private final DnsMetrics metrics;
    private final QueryLog log;
    private final RateLimit limit;
    private final Time time;

    /**
     * Answers by {@code resolver}.
     *
     * @param pods tells whose address asks
     */
    Desk(Resolver resolver, NameTable pods, DnsMetrics metrics, QueryLog log, RateLimit limit, Time time) {
        this.resolver = resolver;
        this.pods = pods;
        this.metrics = metrics;
        this.log = log;
        this.limit = limit;
        this.time = time;
    }

    /** A query, and how it came. */
    record Asked(Query query, InetSocketAddress from, String proto, int size, long since) {
        /** The largest answer it can be given, in bytes. */
        int largest() {
            return proto.equals("udp") ? query.udpSize() : 65_535;
        }
    }

    /** What becomes of a message. */
    sealed interface Reception {
        /** Nothing is answered. */
        record Dropped() implements Reception {}

        /** This is answered. */
        @SuppressWarnings("ArrayRecordComponent") // sent as it is; never compared
        record Ready(byte[] answer) implements Reception {}

        /** Others have to be waited for: {@link Desk#await}. */
        record Waiting(Asked asked) implements Reception {}
    }

    /** Takes a message, without waiting for anybody. */
    Reception receive(ByteBuffer bytes, InetSocketAddress from, String proto) {
        if (!limit.allows(from.getAddress())) {
            metrics.limited();
            return new Reception.Dropped();
        }
        int size = bytes.remaining();
        Query query;
        try {
            query = Query.read(bytes.duplicate());
        } catch (MalformedException malformed) {
            metrics.malformed();
            boolean response = size > 2 && (bytes.get(bytes.position() + 2) & 0x80) != 0;
            return size < HEADER || response
                    ? new Reception.Dropped()
                    : new Reception.Ready(MessageWriter.formatError(bytes.getShort(bytes.position())));
        }
        Asked asked = new Asked(query, from, proto, size, time.nanos());
        try {
            Optional<byte[]> immediate = resolver.immediate(query, () -> namespace(from), asked.largest());
            if (immediate.isEmpty()) {
                return new Reception.Waiting(asked);
            }
            return new Reception.Ready(told(asked, immediate.get()));
        } catch (RuntimeException bug) {
            metrics.bug();
            LOG.log(Level.ERROR, "a query was not answered because of a bug: " + query.name(), bug);
            return new Reception.Dropped();
        }
    }

    /** The answer, once others said what it takes. */
    byte[] await(Asked asked) throws InterruptedException {
        return told(asked, resolver.resolve(asked.query(), () -> namespace(asked.from()), asked.largest()));
    }

    private Optional<String> namespace(InetSocketAddress from) {
        return pods.namespaceOf(IpAddress.of(from.getAddress().getAddress()));
    }

    private byte[] told(Asked asked, byte[] answer) {
        long nanos = time.nanos() - asked.since();
        String zone = resolver.zone(asked.query());
        metrics.answered(
                new DnsMetrics.Answered(
                        zone,
                        asked.proto(),
                        asked.from().getAddress() instanceof Inet6Address,
                        asked.query().type(),
                        asked.size()),
                answer,
                nanos);
        log.tell(asked, answer, nanos);
        return answer;
    }
}
