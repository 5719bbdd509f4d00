// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.prepared;

import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.metrics.DnsMetrics;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An answer to be given again. What differs from asker to asker is written over it: the number, the bits that are given
 * back, the letters of the name; and what differs from time to time: the serial of the zone, and which of several addresses
 * comes first.
 */
public final class Prepared {
    private static final int FROM_SERIAL = 20; // of an SOA's five numbers, which end it

    private final byte[] answer;
    private final int hash;
    private final int variant;
    private final int end; // of the question
    private final Basis basis;
    private final DnsMetrics.Tally tally;
    private int serialAt;
    private int turnFrom;
    private int turnSize;
    private int turnCount;

    private Prepared(PlainQuery query, byte[] answer, Basis basis, DnsMetrics.Tally tally) {
        this.answer = answer.clone();
        this.hash = query.hash();
        this.variant = query.variant();
        this.end = query.end();
        this.basis = basis;
        this.tally = tally;
        query.putQuestion(this.answer);
    }

    /**
     * What an answer was made from.
     *
     * @param stripe whose version tells whether it is as it was
     * @param version as it was before the answer was made
     */
    record Basis(int stripe, long version) {}

    /** The answer to {@code query} to be given again; null when it is none that can. */
    static @Nullable Prepared of(PlainQuery query, byte[] answer, Basis basis, DnsMetrics.Tally tally) {
        int code = answer[3] & 0xf;
        boolean kept = answer.length >= query.end()
                && (answer[2] & 0x02) == 0 // not cut
                && (code == Rcode.NOERROR.number() || code == Rcode.NXDOMAIN.number());
        if (!kept) {
            return null;
        }
        Prepared prepared = new Prepared(query, answer, basis, tally);
        return prepared.readRecords() ? prepared : null;
    }

    /** False when the answer is one of a chain, whose links change by themselves. */
    private boolean readRecords() {
        int at = end;
        int answers = PlainQuery.u16(answer, 6);
        for (int i = 0; i < answers; i++) {
            int start = at;
            at = afterName(at);
            int type = PlainQuery.u16(answer, at);
            at += 10 + PlainQuery.u16(answer, at + 8);
            if (type == RecordType.CNAME) {
                return false;
            }
            boolean address = type == RecordType.A || type == RecordType.AAAA;
            if (!address || turnCount == 0 || at - start != turnSize) {
                turnFrom = start;
                turnSize = at - start;
                turnCount = 0;
            }
            turnCount = address ? turnCount + 1 : 0;
        }
        for (int i = PlainQuery.u16(answer, 8); i > 0; i--) {
            at = afterName(at);
            boolean soa = PlainQuery.u16(answer, at) == RecordType.SOA;
            at += 10 + PlainQuery.u16(answer, at + 8);
            serialAt = soa ? at - FROM_SERIAL : serialAt;
        }
        return true;
    }

    private int afterName(int from) {
        int at = from;
        while (answer[at] != 0) {
            if ((answer[at] & 0xc0) != 0) {
                return at + 2;
            }
            at += answer[at] + 1;
        }
        return at + 1;
    }

    boolean answers(PlainQuery query) {
        return hash == query.hash() && variant == query.variant() && query.isQuestionOf(answer);
    }

    /** Whether both are answers to the same. */
    boolean isInPlaceOf(Prepared other) {
        return hash == other.hash
                && variant == other.variant
                && Arrays.equals(answer, PlainQuery.HEADER, end, other.answer, PlainQuery.HEADER, other.end);
    }

    int hash() {
        return hash;
    }

    Basis basis() {
        return basis;
    }

    /** How many bytes it takes. */
    int length() {
        return answer.length;
    }

    /** Whether it says that there is no such name, which a pod is not told before its search path was walked. */
    public boolean isMissing() {
        return (answer[3] & 0xf) == Rcode.NXDOMAIN.number();
    }

    /** Where such queries are counted. */
    public DnsMetrics.Tally tally() {
        return tally;
    }

    /**
     * Writes the answer to a query.
     *
     * @param asked the query's bytes
     * @param turn any number; the next one puts the next address first
     * @return how many bytes
     */
    int write(PlainQuery query, byte[] asked, byte[] out, int turn, int serial) {
        System.arraycopy(answer, 0, out, 0, answer.length);
        System.arraycopy(asked, PlainQuery.HEADER, out, PlainQuery.HEADER, query.nameLength());
        out[0] = asked[0];
        out[1] = asked[1];
        out[2] = (byte) (answer[2] & ~0x01 | asked[2] & 0x01); // recursion desired
        out[3] = (byte) (answer[3] & ~0x10 | asked[3] & 0x10); // checking disabled
        if (serialAt > 0) {
            out[serialAt] = (byte) (serial >>> 24);
            out[serialAt + 1] = (byte) (serial >>> 16);
            out[serialAt + 2] = (byte) (serial >>> 8);
            out[serialAt + 3] = (byte) serial;
        }
        if (turnCount > 1) {
            int before = Integer.remainderUnsigned(turn, turnCount) * turnSize;
            int after = turnCount * turnSize - before;
            System.arraycopy(answer, turnFrom + before, out, turnFrom, after);
            System.arraycopy(answer, turnFrom, out, turnFrom + after, before);
        }
        return answer.length;
    }
}
