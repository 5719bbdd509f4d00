// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import dev.fairlead.core.definition.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A reply of another resolver: its bytes pass through as they are; of its records only addresses, aliases and services are read.
 *
 * @param bytes the whole message
 * @param rcode the response code, 0 to 15
 * @param truncated whether the TC bit is set
 * @param records the A, AAAA, CNAME and SRV records of the answer section
 * @param lifetime the least TTL of its records (for a negative reply bounded by the SOA's minimum), in seconds
 * @param ttlOffsets where in {@code bytes} the TTLs of its records stand
 * @param optOffset where its OPT record begins if that is the last thing in the message, else the message's length
 */
@SuppressWarnings("ArrayRecordComponent") // passed on as it came; never compared
public record UpstreamReply(
        byte[] bytes,
        int rcode,
        boolean truncated,
        List<ResourceRecord> records,
        long lifetime,
        List<Integer> ttlOffsets,
        int optOffset) {
    private static final int HEADER = 12;

    /** The least a reply without any record may be remembered, in seconds: nothing says for how long, so not at all. */
    private static final long UNSAID = 0;

    /**
     * Reads a reply to {@code query}.
     *
     * @throws MalformedException when it is no DNS message or answers another question
     */
    public static UpstreamReply read(byte[] bytes, int id, Query query) throws MalformedException {
        MessageReader reader = new MessageReader(ByteBuffer.wrap(bytes));
        int itsId = reader.u16();
        int flags = reader.u16();
        int questions = reader.u16();
        int answers = reader.u16();
        int others = reader.u16();
        int additional = reader.u16();
        if (itsId != id || (flags & 0x8000) == 0 || questions != 1) {
            throw new MalformedException("not a reply to this query");
        }
        if (!reader.name().equals(query.name()) || reader.u16() != query.type() || reader.u16() != Query.IN) {
            throw new MalformedException("a reply to another question");
        }
        List<ResourceRecord> records = new ArrayList<>();
        List<Integer> ttls = new ArrayList<>();
        long lifetime = Long.MAX_VALUE;
        int opt = bytes.length;
        int total = answers + others + additional;
        for (int i = 0; i < total; i++) {
            int start = reader.at();
            DnsName name = reader.name();
            int type = reader.u16();
            reader.u16();
            int ttlAt = reader.at();
            long ttl = reader.u32();
            int length = reader.u16();
            int end = reader.at() + length;
            if (type == RecordType.OPT) {
                opt = i == total - 1 ? start : opt;
                reader.skip(length);
                continue;
            }
            ttls.add(ttlAt);
            lifetime = Math.min(lifetime, ttl);
            if (i < answers) {
                readData(reader, type, length, name, (int) Math.min(ttl, Integer.MAX_VALUE), records);
            } else if (type == RecordType.SOA && answers == 0) {
                lifetime = Math.min(lifetime, soaMinimum(reader));
            }
            if (reader.at() > end) {
                throw new MalformedException("a record longer than it says");
            }
            reader.skip(end - reader.at());
        }
        return new UpstreamReply(
                bytes,
                flags & 0xf,
                (flags & 0x0200) != 0,
                List.copyOf(records),
                lifetime == Long.MAX_VALUE ? UNSAID : lifetime,
                List.copyOf(ttls),
                opt);
    }

    private static void readData(
            MessageReader reader, int type, int length, DnsName name, int ttl, List<ResourceRecord> records)
            throws MalformedException {
        int start = reader.at();
        if (type == RecordType.CNAME) {
            records.add(new ResourceRecord(name, ttl, new Rdata.Cname(reader.name())));
        } else if (type == RecordType.SRV) {
            records.add(new ResourceRecord(
                    name, ttl, new Rdata.Srv(reader.u16(), reader.u16(), reader.u16(), reader.name())));
        } else if ((type == RecordType.A && length == 4) || (type == RecordType.AAAA && length == 16)) {
            reader.skip(length);
            records.add(new ResourceRecord(name, ttl, new Rdata.Address(IpAddress.of(reader.slice(start)))));
        }
    }

    private static long soaMinimum(MessageReader reader) throws MalformedException {
        reader.name();
        reader.name();
        reader.skip(16);
        return reader.u32();
    }

    /**
     * What it says of {@code name}: only records that lead from there on, whatever else it brings along; NOERROR,
     * NXDOMAIN, or SERVFAIL for all other codes.
     */
    public Answer answer(DnsName name) {
        if (rcode != Rcode.NOERROR.number() && rcode != Rcode.NXDOMAIN.number()) {
            return Answer.of(Rcode.SERVFAIL);
        }
        Rcode code = rcode == 0 ? Rcode.NOERROR : Rcode.NXDOMAIN;
        return new Answer(code, false, led(name), List.of(), List.of());
    }

    /** Those of its records that lead from {@code name} on, in their order. */
    private List<ResourceRecord> led(DnsName name) {
        List<ResourceRecord> led = new ArrayList<>();
        Set<DnsName> reached = new HashSet<>(Set.of(name));
        for (ResourceRecord record : records) {
            if (reached.contains(record.name())) {
                led.add(record);
                if (record.data() instanceof Rdata.Cname(DnsName target)) {
                    reached.add(target);
                }
            }
        }
        return List.copyOf(led);
    }

    /** Whether every record in it leads from {@code name} on, so that there is nothing to look for that does not belong. */
    boolean isNothingBut(DnsName name) {
        return led(name).size() == ttlOffsets.size();
    }

    /** How many records it has, besides what EDNS says. */
    public int size() {
        return ttlOffsets.size();
    }

    /**
     * These bytes as the answer to {@code asker}: its id, its letters, its EDNS, TTLs less {@code age}, and no more than
     * {@code limit} bytes (else an empty answer with the TC bit set).
     *
     * @param age how long the reply was remembered, in seconds
     */
    public byte[] answer(Query asker, long age, int limit) {
        boolean hadOpt = optOffset < bytes.length;
        int opt = asker.edns() == null ? 0 : 11;
        boolean fits = optOffset + opt <= limit;
        int end = fits ? optOffset : HEADER + asker.question().length;
        ByteBuffer out = ByteBuffer.allocate(end + opt);
        out.put(bytes, 0, end);
        out.putShort(0, (short) asker.id());
        int flags = out.getShort(2) & 0x8eff & ~0x0010;
        flags |= (asker.recursionDesired() ? 0x0100 : 0) | (asker.checkingDisabled() ? 0x0010 : 0) | 0x0080;
        out.putShort(2, (short) (flags | (fits ? 0 : 0x0200)));
        out.put(HEADER, asker.question());
        int additional = fits ? (out.getShort(10) & 0xffff) - (hadOpt ? 1 : 0) : 0;
        if (fits) {
            ttlOffsets.forEach(at -> out.putInt(at, (int) Math.max(0, (out.getInt(at) & 0xffff_ffffL) - age)));
        } else {
            out.putShort(6, (short) 0).putShort(8, (short) 0);
        }
        if (asker.edns() != null) {
            out.put((byte) 0)
                    .putShort((short) RecordType.OPT)
                    .putShort((short) Query.OWN_UDP_SIZE)
                    .putInt(asker.edns().dnssecOk() ? 0x8000 : 0)
                    .putShort((short) 0);
            additional++;
        }
        out.putShort(10, (short) additional);
        return out.array();
    }
}
