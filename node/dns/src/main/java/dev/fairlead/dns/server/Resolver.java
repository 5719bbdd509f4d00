// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.ResourceRecord;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.names.ZoneAnswers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers queries: our own names at once, all others by way of the forwarder. */
public final class Resolver {
    private final ZoneAnswers zone;
    private final Forwarder forwarder;

    /** Answers {@code zone} itself and asks {@code forwarder} for the rest. */
    public Resolver(ZoneAnswers zone, Forwarder forwarder) {
        this.zone = zone;
        this.forwarder = forwarder;
    }

    /** The answer in at most {@code limit} bytes if it needs nobody else, else empty; never waits. */
    public Optional<byte[]> immediate(Query query, int limit) {
        Optional<Answer> refusal = refusal(query);
        if (refusal.isPresent()) {
            return Optional.of(MessageWriter.write(query, refusal.get(), limit));
        }
        Optional<ZoneAnswers.Partial> own = zone.answer(query.name(), query.type());
        if (own.isPresent() && own.get().unresolved().isEmpty()) {
            return Optional.of(MessageWriter.write(query, own.get().answer(), limit));
        }
        return own.isPresent() ? Optional.empty() : forwarder.remembered(query, limit);
    }

    /** The answer in at most {@code limit} bytes, waiting for others where it must. */
    public byte[] resolve(Query query, int limit) throws InterruptedException {
        Optional<byte[]> immediate = immediate(query, limit);
        if (immediate.isPresent()) {
            return immediate.get();
        }
        try {
            Optional<ZoneAnswers.Partial> own = zone.answer(query.name(), query.type());
            if (own.isPresent() && own.get().unresolved().isPresent()) {
                return MessageWriter.write(
                        query,
                        complete(own.get().answer(), own.get().unresolved().get(), query.type()),
                        limit);
            }
            return forwarder.forward(query, limit);
        } catch (IOException nobodyAnswered) {
            return MessageWriter.write(query, Answer.of(Rcode.SERVFAIL), limit);
        }
    }

    private static Optional<Answer> refusal(Query query) {
        if (query.opcode() != 0) {
            return Optional.of(Answer.of(Rcode.NOTIMP));
        }
        if (query.edns() != null && query.edns().version() > 0) {
            return Optional.of(Answer.of(Rcode.BADVERS));
        }
        return query.recordClass() == Query.IN ? Optional.empty() : Optional.of(Answer.of(Rcode.REFUSED));
    }

    /** The CNAME chain of ours followed by what others say of its end. */
    private Answer complete(Answer chain, DnsName target, int type) throws IOException, InterruptedException {
        UpstreamReply reply = forwarder.ask(QueryWriter.query(0, target, type));
        List<ResourceRecord> records = new ArrayList<>(chain.answers());
        records.addAll(reply.records());
        Rcode rcode = switch (reply.rcode()) {
            case 0 -> Rcode.NOERROR;
            case 3 -> Rcode.NXDOMAIN;
            default -> Rcode.SERVFAIL;
        };
        return new Answer(rcode, true, rcode == Rcode.SERVFAIL ? List.of() : records, List.of(), List.of());
    }
}
