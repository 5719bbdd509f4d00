// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Turns an answer into bytes. The question is given back letter by letter, and names are compressed against it, so
 * owner names keep the case they were asked in. What does not fit is left out: first additional records, silently;
 * then answers, with the TC bit set.
 */
public final class MessageWriter {
    private static final int HEADER = 12;
    private static final int OPT_LENGTH = 11;
    private static final int LARGEST = 65_535;
    private static final int RECORDS_A_MESSAGE = 50; // fit whatever is in them: each has at most three names

    private final ByteBuffer bytes;
    private final Map<List<String>, Integer> offsets = new HashMap<>();

    private MessageWriter(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * The answer to {@code query} in at most {@code limit} bytes.
     *
     * @param limit what the transport and the asker take: {@link Query#udpSize} or 65,535
     */
    public static byte[] write(Query query, Answer answer, int limit) {
        ByteBuffer bytes = ByteBuffer.allocate(limit);
        MessageWriter writer = new MessageWriter(bytes);
        writer.message(query, answer);
        byte[] message = new byte[bytes.position()];
        bytes.get(0, message);
        return message;
    }

    /** The answers to {@code query} that tell all of {@code records}, in as many messages as it takes. */
    public static Iterator<byte[]> transfer(Query query, Iterator<ResourceRecord> records) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return records.hasNext();
            }

            @Override
            public byte[] next() {
                List<ResourceRecord> some = new ArrayList<>();
                do {
                    some.add(records.next());
                } while (some.size() < RECORDS_A_MESSAGE && records.hasNext());
                return write(query, new Answer(Rcode.NOERROR, true, some, List.of(), List.of()), LARGEST);
            }
        };
    }

    /** An answer to bytes that were no query: only their first two bytes, the id, are believed. */
    public static byte[] formatError(int id) {
        return ByteBuffer.allocate(HEADER)
                .putShort((short) id)
                .putShort((short) (0x8000 | Rcode.FORMERR.number()))
                .array();
    }

    private void message(Query query, Answer answer) {
        int reserve = query.edns() == null ? 0 : OPT_LENGTH;
        int limit = bytes.limit() - reserve;
        bytes.limit(limit);
        bytes.position(HEADER);
        bytes.put(query.question());
        remember(query.name().labels(), HEADER);
        int answers = section(answer.answers());
        boolean truncated = answers < answer.answers().size();
        int authority = truncated ? 0 : section(answer.authority());
        truncated |= !truncated && authority < answer.authority().size();
        int additional = truncated ? 0 : section(answer.additional());
        if (query.edns() != null) {
            bytes.limit(limit + reserve);
            opt(query.edns(), answer.rcode());
            additional++;
        }
        header(query, answer, truncated);
        bytes.putShort(4, (short) 1)
                .putShort(6, (short) answers)
                .putShort(8, (short) authority)
                .putShort(10, (short) additional);
    }

    private void header(Query query, Answer answer, boolean truncated) {
        int flags = 0x8080 // QR and RA
                | query.opcode() << 11
                | (answer.authoritative() ? 0x0400 : 0)
                | (truncated ? 0x0200 : 0)
                | (query.recursionDesired() ? 0x0100 : 0)
                | (query.checkingDisabled() ? 0x0010 : 0)
                | answer.rcode().number() & 0xf;
        bytes.putShort(0, (short) query.id()).putShort(2, (short) flags);
    }

    /** Writes the records that fit, in order; how many that were. */
    private int section(List<ResourceRecord> records) {
        int count = 0;
        for (ResourceRecord record : records) {
            int start = bytes.position();
            try {
                write(record);
                count++;
            } catch (BufferOverflowException full) {
                bytes.position(start);
                offsets.values().removeIf(offset -> offset >= start);
                break;
            }
        }
        return count;
    }

    private void write(ResourceRecord record) {
        name(record.name().labels());
        bytes.putShort((short) record.type()).putShort((short) Query.IN).putInt(record.ttl());
        int length = bytes.position();
        bytes.putShort((short) 0);
        data(record.data());
        bytes.putShort(length, (short) (bytes.position() - length - 2));
    }

    private void data(Rdata data) {
        switch (data) {
            case Rdata.Address(var address) -> bytes.put(address.bytes());
            case Rdata.Cname(var target) -> name(target.labels());
            case Rdata.Ptr(var target) -> name(target.labels());
            case Rdata.Ns(var target) -> name(target.labels());
            case Rdata.Srv srv -> {
                bytes.putShort((short) srv.priority())
                        .putShort((short) srv.weight())
                        .putShort((short) srv.port());
                plainName(srv.target().labels(), bytes); // RFC 2782: targets are not compressed
            }
            case Rdata.Txt(var text) -> {
                byte[] octets = text.getBytes(StandardCharsets.UTF_8);
                bytes.put((byte) octets.length).put(octets);
            }
            case Rdata.Soa soa -> {
                name(soa.server().labels());
                name(soa.mailbox().labels());
                bytes.putInt((int) soa.serial())
                        .putInt(soa.refresh())
                        .putInt(soa.retry())
                        .putInt(soa.expire())
                        .putInt(soa.minimum());
            }
        }
    }

    private void opt(Query.Edns edns, Rcode rcode) {
        bytes.put((byte) 0)
                .putShort((short) RecordType.OPT)
                .putShort((short) Query.OWN_UDP_SIZE)
                .put((byte) (rcode.number() >> 4))
                .put((byte) 0)
                .putShort((short) (edns.dnssecOk() ? 0x8000 : 0))
                .putShort((short) 0);
    }

    private void name(List<String> labels) {
        int at = 0;
        while (at < labels.size()) {
            List<String> rest = labels.subList(at, labels.size());
            Integer known = offsets.get(rest);
            if (known != null) {
                bytes.putShort((short) (0xc000 | known));
                return;
            }
            if (bytes.position() < 0x4000) {
                offsets.put(List.copyOf(rest), bytes.position());
            }
            label(labels.get(at++), bytes);
        }
        bytes.put((byte) 0);
    }

    /** Writes a name that nothing is left out of. */
    static void plainName(List<String> labels, ByteBuffer bytes) {
        labels.forEach(label -> label(label, bytes));
        bytes.put((byte) 0);
    }

    private static void label(String label, ByteBuffer bytes) {
        bytes.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void remember(List<String> labels, int offset) {
        int at = offset;
        for (int i = 0; i < labels.size(); i++) {
            offsets.put(List.copyOf(labels.subList(i, labels.size())), at);
            at += labels.get(i).length() + 1;
        }
    }
}
