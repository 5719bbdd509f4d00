// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import dev.fairlead.dns.message.ReplyRecord.Section;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What in a reply belongs to its question; whoever answers may put in anything else, and somebody behind us may believe it.
 *
 * <p>How this works: from the name asked, aliases in the answer section lead to further names. An answer belongs that is of
 * such a name; of the authority section what zones above them say of themselves, and proofs, which nobody believes without
 * their signature; further on the addresses of what those records name, where a zone's own servers count in that zone only
 * (RFC 2181 §5.4.1, RFC 5452 §6).
 *
 * <pre>
 * asked: a.example     a.example    CNAME  c.example    belongs
 *                      c.example    A      192.0.2.1    belongs
 *                      bank.example A      192.0.2.6    does not
 * authority            example      NS     ns.other     belongs, but does not vouch for an address of ns.other
 * </pre>
 */
public final class Bailiwick {
    private static final int HEADER = 12;
    private static final int LARGEST = 65_535;
    private static final int LONGEST_CHAIN = 32; // resolvers give up earlier
    private static final int PASSES = 8; // chains come in their order: one pass; what is far out of order is left out

    private final Set<DnsName> reached = new LinkedHashSet<>();
    private final Set<DnsName> above = new HashSet<>(); // these and all zones that may have them
    private final Set<DnsName> named = new HashSet<>();
    private final BitSet belonging = new BitSet();

    private Bailiwick(DnsName asked) {
        reach(asked);
    }

    /**
     * {@code reply} as it is when all of it belongs to {@code query}, else made anew of what does.
     *
     * @throws MalformedException when a record is none, or a message without pointers is too long to be one
     */
    public static UpstreamReply within(UpstreamReply reply, Query query) throws MalformedException {
        if (reply.isNothingBut(query.name())) {
            return reply;
        }
        byte[] message = reply.bytes();
        List<ReplyRecord> records = read(message);
        Bailiwick bailiwick = new Bailiwick(query.name());
        bailiwick.look(records);
        if (bailiwick.belonging.cardinality() == records.size()) {
            return reply;
        }
        byte[] rest = bailiwick.write(message, records, query);
        return UpstreamReply.read(rest, ByteBuffer.wrap(rest).getShort() & 0xffff, query);
    }

    private static List<ReplyRecord> read(byte[] message) throws MalformedException {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        MessageReader reader = new MessageReader(bytes);
        reader.skip(HEADER);
        reader.name();
        reader.skip(4); // the question
        List<ReplyRecord> records = new ArrayList<>();
        for (Section section : Section.values()) {
            int count = bytes.getShort(section.countAt) & 0xffff;
            for (int i = 0; i < count; i++) {
                records.add(ReplyRecord.read(section, reader));
            }
        }
        return records;
    }

    private void look(List<ReplyRecord> records) {
        boolean more = true;
        for (int pass = 0; more && pass < PASSES; pass++) {
            more = false;
            for (int i = 0; i < records.size(); i++) {
                if (!belonging.get(i) && belongs(records.get(i), i == records.size() - 1)) {
                    belonging.set(i);
                    follow(records.get(i));
                    more = true;
                }
            }
        }
    }

    private boolean belongs(ReplyRecord record, boolean last) {
        DnsName owner = record.owner();
        int type = record.type();
        return switch (record.section()) {
            case ANSWER ->
                reached.contains(owner)
                        || ((type == RecordType.DNAME || type == RecordType.RRSIG) && above.contains(owner));
            case AUTHORITY ->
                switch (type) {
                    case RecordType.NSEC, RecordType.NSEC3, RecordType.RRSIG -> true;
                    case RecordType.SOA, RecordType.NS, RecordType.DS -> above.contains(owner);
                    default -> false;
                };
            case ADDITIONAL ->
                type == RecordType.OPT
                        ? last
                        : reached.contains(owner) || named.contains(owner); // OPT makes room for ours
        };
    }

    private void follow(ReplyRecord record) {
        boolean answer = record.section() == Section.ANSWER;
        switch (record.type()) {
            case RecordType.CNAME -> {
                if (answer) {
                    reach(record.names().getFirst());
                } else {
                    named.addAll(record.names());
                }
            }
            case RecordType.DNAME -> {
                if (answer) {
                    redirect(record.owner(), record.names().getFirst());
                }
            }
            case RecordType.NS -> {
                DnsName zone = record.owner();
                boolean inside = record.names().getFirst().isIn(zone) && !zone.equals(DnsName.ROOT);
                if (answer || inside) {
                    named.addAll(record.names());
                }
            }
            case RecordType.MX, RecordType.SRV, RecordType.SVCB, RecordType.HTTPS -> named.addAll(record.names());
            default -> {
                // names nothing whose address somebody would want along with it
            }
        }
    }

    private void reach(DnsName name) {
        if (reached.size() < LONGEST_CHAIN && reached.add(name)) {
            List<String> labels = name.labels();
            for (int i = 0; i <= labels.size(); i++) {
                above.add(new DnsName(labels.subList(i, labels.size())));
            }
        }
    }

    /** Names below {@code from} stand for such below {@code to} (RFC 6672). */
    private void redirect(DnsName from, DnsName to) {
        for (DnsName name : List.copyOf(reached)) {
            if (name.isIn(from) && !name.equals(from)) {
                reach(to.under(name.below(from).toArray(String[]::new)));
            }
        }
    }

    private byte[] write(byte[] message, List<ReplyRecord> records, Query query) throws MalformedException {
        ByteBuffer out = ByteBuffer.allocate(LARGEST);
        out.put(message, 0, HEADER).put(query.question());
        for (Section section : Section.values()) {
            out.putShort(section.countAt, (short) 0);
        }
        try {
            for (int i = belonging.nextSetBit(0); i >= 0; i = belonging.nextSetBit(i + 1)) {
                records.get(i).write(message, query.name(), out);
                int countAt = records.get(i).section().countAt;
                out.putShort(countAt, (short) (out.getShort(countAt) + 1));
            }
        } catch (BufferOverflowException full) {
            throw new MalformedException("too much in it that nobody asked for");
        }
        byte[] rest = new byte[out.position()];
        out.get(0, rest);
        return rest;
    }
}
