// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.EdnsOption;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
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
    private final EdnsAnswers edns;
    private final List<Cidr> transferTo;

    /**
     * Answers by {@code resolver}.
     *
     * @param pods tells whose address asks
     * @param transferTo who may have whole zones
     */
    Desk(
            Resolver resolver,
            NameTable pods,
            DnsMetrics metrics,
            QueryLog log,
            RateLimit limit,
            Time time,
            EdnsAnswers edns,
            List<Cidr> transferTo) {
        this.resolver = resolver;
        this.pods = pods;
        this.metrics = metrics;
        this.log = log;
        this.limit = limit;
        this.time = time;
        this.edns = edns;
        this.transferTo = transferTo;
    }

    /** A query, and how it came. */
    record Asked(
            Query query, InetSocketAddress from, Transport transport, int size, long since, List<EdnsOption> options) {
        /** The largest answer it can be given, in bytes, without its options. */
        int largest() {
            return (transport.connected() ? 65_535 : query.udpSize()) - EdnsOption.length(options);
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
    Reception receive(ByteBuffer bytes, InetSocketAddress from, Transport transport) {
        boolean allowed = limit.allows(from.getAddress());
        if (!allowed && transport.connected()) {
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
        if (!allowed && !(edns.knows(query, from.getAddress()) && limit.allowsKnown(from.getAddress()))) {
            metrics.limited();
            return new Reception.Dropped();
        }
        Asked asked = new Asked(
                query, from, transport, size, time.nanos(), edns.options(query, from.getAddress(), transport));
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

    /** The messages of a zone transfer, if that is what the message asks for and its sender may have it. */
    Optional<Iterator<byte[]>> transfer(ByteBuffer bytes, InetSocketAddress from) {
        if (transferTo.isEmpty()) {
            return Optional.empty();
        }
        Query query;
        try {
            query = Query.read(bytes.duplicate());
        } catch (MalformedException malformed) {
            return Optional.empty();
        }
        boolean whole =
                query.type() == RecordType.AXFR || query.type() == RecordType.IXFR; // RFC 1995 §4 allows all of it
        IpAddress source = IpAddress.of(from.getAddress().getAddress());
        if (!whole || query.opcode() != 0 || transferTo.stream().noneMatch(block -> block.contains(source))) {
            return Optional.empty();
        }
        return resolver.transfer(query.name()).map(records -> MessageWriter.transfer(query, records));
    }

    /** Whether {@code from} is the address of a pod whose search path is known. */
    boolean isPod(InetSocketAddress from) {
        return namespace(from).isPresent();
    }

    /** Where queries by UDP that have this answer are counted. */
    DnsMetrics.Tally tally(DnsName name, int type, boolean v6, byte[] answer) {
        return metrics.tally(
                new DnsMetrics.Labels(resolver.zone(name), Transport.UDP.text(), v6, type, answer[3] & 0xf));
    }

    private Optional<String> namespace(InetSocketAddress from) {
        return pods.namespaceOf(IpAddress.of(from.getAddress().getAddress()));
    }

    private byte[] told(Asked asked, byte[] bare) {
        byte[] answer = asked.options().isEmpty() && !asked.transport().encrypted()
                ? bare
                : edns.complete(bare, asked.options(), asked.query(), asked.transport());
        long nanos = time.nanos() - asked.since();
        String zone = resolver.zone(asked.query().name());
        metrics.answered(
                new DnsMetrics.Answered(
                        zone,
                        asked.transport().text(),
                        asked.from().getAddress() instanceof Inet6Address,
                        asked.query().type(),
                        asked.size()),
                answer,
                nanos);
        log.tell(asked, answer, nanos);
        return answer;
    }
}
