// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query as it came: one question (RFC 9619 allows no more), and EDNS if the asker speaks it.
 *
 * @param id the asker's number for this query
 * @param opcode 0 for a standard query
 * @param recursionDesired the RD bit, given back in the answer
 * @param checkingDisabled the CD bit, given back in the answer
 * @param name the name asked for, in lower case
 * @param type the record type asked for
 * @param recordClass 1 for IN
 * @param question the question section as it came, letter case and all; given back as it is
 * @param edns what the OPT record said, or null without one
 */
@SuppressWarnings("ArrayRecordComponent") // bytes given back as they came; queries are never compared
public record Query(
        int id,
        int opcode,
        boolean recursionDesired,
        boolean checkingDisabled,
        DnsName name,
        int type,
        int recordClass,
        byte[] question,
        @Nullable Edns edns) {
    /** The class IN. */
    public static final int IN = 1;

    /** The largest UDP answer to an asker without EDNS, in bytes (RFC 1035 §2.3.4). */
    public static final int PLAIN_UDP_SIZE = 512;

    /** The largest UDP answer that we give or take, in bytes: fits an IPv6 packet of minimum MTU (DNS flag day 2020). */
    public static final int OWN_UDP_SIZE = 1232;

    /**
     * What an OPT record says (RFC 6891).
     *
     * @param payloadSize the largest UDP answer the asker takes, in bytes
     * @param dnssecOk the DO bit, given back
     * @param options those that Fairlead knows, in their order
     */
    public record Edns(int payloadSize, int version, boolean dnssecOk, List<EdnsOption> options) {}

    /**
     * Reads a query from {@code bytes}, from its position to its limit.
     *
     * @throws MalformedException when it is no query with exactly one question
     */
    public static Query read(ByteBuffer bytes) throws MalformedException {
        MessageReader reader = new MessageReader(bytes);
        int id = reader.u16();
        int flags = reader.u16();
        if ((flags & 0x8000) != 0) {
            throw new MalformedException("a response, not a query");
        }
        int questions = reader.u16();
        int records = reader.u16() + reader.u16();
        int additional = reader.u16();
        if (questions != 1) {
            throw new MalformedException("one question is answered at a time, not " + questions);
        }
        int start = reader.at();
        DnsName name = reader.name();
        int type = reader.u16();
        int recordClass = reader.u16();
        byte[] question = reader.slice(start);
        int plain = name.labels().stream().mapToInt(label -> label.length() + 1).sum() + 1;
        if (question.length != plain + 4) {
            throw new MalformedException("a compressed question");
        }
        for (int i = 0; i < records; i++) {
            reader.skipRecord();
        }
        Edns edns = null;
        for (int i = 0; i < additional; i++) {
            Edns found = reader.edns();
            if (found != null && edns != null) {
                throw new MalformedException("more than one OPT record");
            }
            edns = found != null ? found : edns;
        }
        return new Query(
                id,
                flags >> 11 & 0xf,
                (flags & 0x0100) != 0,
                (flags & 0x0010) != 0,
                name,
                type,
                recordClass,
                question,
                edns);
    }

    /** How large a UDP answer to this asker may be, in bytes. */
    public int udpSize() {
        return edns == null ? PLAIN_UDP_SIZE : udpSize(edns.payloadSize);
    }

    /** How large a UDP answer may be to an asker who says that it takes so much, in bytes. */
    public static int udpSize(int payloadSize) {
        return Math.clamp(payloadSize, PLAIN_UDP_SIZE, OWN_UDP_SIZE);
    }
}
