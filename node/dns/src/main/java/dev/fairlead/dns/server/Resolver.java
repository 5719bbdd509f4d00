// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.forward.Forwarder;
import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.SearchPath;
import dev.fairlead.dns.names.StaticNames;
import dev.fairlead.dns.names.ZoneAnswers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Answers queries: our own names at once, those written down, all others by way of the forwarder. */
final class Resolver {
    /**
     * What answers come from.
     *
     * @param hosts names that are written down
     * @param search the search path of pods; empty: they walk it themselves
     */
    record Sources(
            ZoneAnswers zone,
            StaticNames hosts,
            Optional<SearchPath> search,
            Forwarder forwarder,
            DnsMetrics metrics) {}

    private final ZoneAnswers zone;
    private final StaticNames hosts;
    private final Optional<SearchPath> search;
    private final Forwarder forwarder;
    private final DnsMetrics metrics;
    private final boolean failing;

    /** Answers from {@code sources}; or, {@code failing}, with SERVFAIL whatever it is asked. */
    Resolver(Sources sources, boolean failing) {
        this.failing = failing;
        this.zone = sources.zone();
        this.hosts = sources.hosts();
        this.search = sources.search();
        this.forwarder = sources.forwarder();
        this.metrics = sources.metrics();
    }

    /** All records of the zone of this name, as a transfer tells them; empty where it is no zone of ours, or not whole yet. */
    Optional<Iterator<ResourceRecord>> transfer(DnsName name) {
        return zone.transfer(name);
    }

    /** What others say, as far as the asker may wait for it; empty when it has to be waited for. */
    private interface Others {
        Optional<UpstreamReply> ask(DnsName name, int type) throws IOException;
    }

    /** Our zone if the name is answered from it, else the root: the label of what is counted. */
    String zone(DnsName name) {
        return zone.isOurs(name) ? zone.zone().toString() : ".";
    }

    /**
     * The answer in at most {@code limit} bytes if it needs nobody else, else empty; never waits.
     *
     * @param namespace of the pod that asks; empty when it is no pod
     */
    Optional<byte[]> immediate(Query query, Namespace namespace, int limit) {
        Optional<Answer> refusal = refusal(query);
        if (refusal.isPresent()) {
            return Optional.of(MessageWriter.write(query, refusal.get(), limit));
        }
        Optional<ZoneAnswers.Partial> own = own(query.name(), query.type());
        if (own.isEmpty()) {
            return forwarder.remembered(query, limit);
        }
        try {
            return answer(query, own.get(), namespace, forwarder::known).map(answer -> write(query, answer, limit));
        } catch (IOException failure) {
            return Optional.of(MessageWriter.write(query, Answer.of(Rcode.SERVFAIL), limit));
        }
    }

    /** The answer in at most {@code limit} bytes to what has none that is immediate. */
    byte[] resolve(Query query, Namespace namespace, int limit) throws InterruptedException {
        try {
            Optional<ZoneAnswers.Partial> own = own(query.name(), query.type());
            return own.isEmpty()
                    ? forwarder.forward(query, limit)
                    : write(
                            query,
                            answer(query, own.get(), namespace, this::wait).orElse(Answer.of(Rcode.SERVFAIL)),
                            limit);
        } catch (IOException nobodyAnswered) {
            return MessageWriter.write(query, Answer.of(Rcode.SERVFAIL), limit);
        }
    }

    private Optional<UpstreamReply> wait(DnsName name, int type) throws IOException {
        try {
            return Optional.of(forwarder.ask(QueryWriter.query(0, name, type)));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static byte[] write(Query query, Answer answer, int limit) {
        return MessageWriter.write(query, answer.turned(ThreadLocalRandom.current()), limit);
    }

    private Optional<Answer> refusal(Query query) {
        if (query.opcode() != 0) {
            return Optional.of(Answer.of(Rcode.NOTIMP));
        }
        if (query.edns() != null && query.edns().version() > 0) {
            return Optional.of(Answer.of(Rcode.BADVERS));
        }
        if (failing) {
            return Optional.of(Answer.of(Rcode.SERVFAIL));
        }
        return query.recordClass() == Query.IN ? Optional.empty() : Optional.of(Answer.of(Rcode.REFUSED));
    }

    private Optional<ZoneAnswers.Partial> own(DnsName name, int type) {
        return zone.answer(name, type)
                .or(() -> hosts.answer(name, type).map(answer -> new ZoneAnswers.Partial(answer, Optional.empty())));
    }

    private Optional<Answer> answer(Query query, ZoneAnswers.Partial own, Namespace namespace, Others others)
            throws IOException {
        Optional<Answer> answer = whole(own, query.type(), others);
        boolean lookup = query.type() == RecordType.A || query.type() == RecordType.AAAA;
        if (search.isEmpty() || !lookup || answer.isEmpty() || answer.get().rcode() != Rcode.NXDOMAIN) {
            return answer;
        }
        Optional<String> name = namespace.name();
        List<DnsName> next = name.isEmpty() ? List.of() : search.get().after(query.name(), name.get(), zone.table());
        return next.isEmpty() ? answer : searched(query, answer.get(), next, others);
    }

    /** The first of {@code next} that exists; {@code missing} when there is none, or nobody knows: the asker goes on then. */
    private Optional<Answer> searched(Query query, Answer missing, List<DnsName> next, Others others) {
        for (DnsName name : next) {
            Optional<Answer> found;
            try {
                found = lookUp(name, query.type(), others);
            } catch (IOException nobodyAnswers) {
                return Optional.of(missing);
            }
            if (found.isEmpty()) {
                return found;
            }
            switch (found.get().rcode()) {
                case NOERROR -> {
                    metrics.searched();
                    return Optional.of(found.get().behind(query.name(), zone.ttl(), name));
                }
                case NXDOMAIN -> {}
                default -> {
                    return Optional.of(missing);
                }
            }
        }
        return Optional.of(missing);
    }

    private Optional<Answer> lookUp(DnsName name, int type, Others others) throws IOException {
        Optional<ZoneAnswers.Partial> own = own(name, type);
        if (own.isPresent()) {
            return whole(own.get(), type, others);
        }
        if (!forwarder.asksFor(name)) {
            return Optional.of(Answer.of(Rcode.REFUSED));
        }
        return others.ask(name, type).map(reply -> reply.answer(name));
    }

    /** The CNAME chain of ours followed by what others say of its end. */
    private static Optional<Answer> whole(ZoneAnswers.Partial own, int type, Others others) throws IOException {
        Optional<DnsName> target = own.unresolved();
        if (target.isEmpty()) {
            return Optional.of(own.answer());
        }
        return others.ask(target.get(), type)
                .map(reply -> reply.answer(target.get()).after(own.answer().answers()));
    }
}
