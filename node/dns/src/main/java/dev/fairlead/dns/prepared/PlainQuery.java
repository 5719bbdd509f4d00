// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.prepared;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.RecordType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The usual query, read into the same memory every time: a standard query of class IN with one question and at most an OPT
 * record without options. Whatever is otherwise is not looked at further; {@code Query} reads that. For one thread.
 */
public final class PlainQuery {
    static final int HEADER = 12;
    private static final int LONGEST_NAME = 255;
    private static final int OPT_LENGTH = 11;
    private static final int NO_EDNS = 0;
    private static final int EDNS = 1;
    private static final int DNSSEC_OK = 2;

    private final byte[] question = new byte[LONGEST_NAME + 4];
    private int nameLength;
    private int type;
    private int variant;
    private int limit;
    private int hash;

    /**
     * Reads the first {@code length} bytes of a message.
     *
     * @param v6 whether it came by IPv6
     * @return whether it is plain; otherwise nothing else here has a meaning
     */
    public boolean read(byte[] message, int length, boolean v6) {
        boolean usual = length > HEADER
                && (message[2] & 0xf8) == 0 // a query, and a standard one
                && u16(message, 4) == 1
                && u16(message, 6) == 0
                && u16(message, 8) == 0
                && u16(message, 10) <= 1;
        if (!usual || !readName(message, length)) {
            return false;
        }
        int at = HEADER + nameLength;
        if (at + 4 > length || u16(message, at + 2) != Query.IN) {
            return false;
        }
        type = u16(message, at);
        System.arraycopy(message, at, question, nameLength, 4);
        at += 4;
        int edns = NO_EDNS;
        limit = Query.PLAIN_UDP_SIZE;
        if (message[11] == 1) {
            if (!isPlainOpt(message, at, length)) {
                return false;
            }
            edns = (message[at + 7] & 0x80) == 0 ? EDNS : DNSSEC_OK;
            limit = Query.udpSize(u16(message, at + 3));
            at += OPT_LENGTH;
        }
        variant = limit << 3 | edns << 1 | (v6 ? 1 : 0);
        hash = mixed(hash + 31 * type + variant);
        return at == length;
    }

    private boolean readName(byte[] message, int length) {
        int at = HEADER;
        int sum = 0;
        while (true) {
            int label = message[at];
            if (label == 0) {
                break;
            }
            int end = at + 1 + label;
            if (label < 0 || label > 63 || end >= length || end - HEADER >= LONGEST_NAME) {
                return false;
            }
            question[at - HEADER] = (byte) label;
            sum = 31 * sum + label;
            for (int i = at + 1; i < end; i++) {
                int octet = message[i];
                if (octet >= 'A' && octet <= 'Z') {
                    octet += 32;
                }
                question[i - HEADER] = (byte) octet;
                sum = 31 * sum + octet;
            }
            at = end;
        }
        question[at - HEADER] = 0;
        nameLength = at + 1 - HEADER;
        hash = sum;
        return true;
    }

    /** The root's, version 0, no options; the message ends with it. */
    private static boolean isPlainOpt(byte[] message, int at, int length) {
        return at + OPT_LENGTH == length
                && message[at] == 0
                && u16(message, at + 1) == RecordType.OPT
                && message[at + 6] == 0
                && u16(message, at + 9) == 0;
    }

    static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static int mixed(int sum) {
        int product = sum * 0x9e3779b9;
        return product ^ product >>> 15;
    }

    int hash() {
        return hash;
    }

    /** What answers differ by besides the question: the largest size, EDNS, and the family because it is counted apart. */
    int variant() {
        return variant;
    }

    /** Where the question ends in the message, and in the answer. */
    int end() {
        return HEADER + nameLength + 4;
    }

    int nameLength() {
        return nameLength;
    }

    /** The largest answer the asker takes, in bytes. */
    int limit() {
        return limit;
    }

    /** The type asked for. */
    public int type() {
        return type;
    }

    /** Whether an answer's question is this, which is in lower case. */
    boolean isQuestionOf(byte[] answer) {
        int length = nameLength + 4;
        return answer.length >= HEADER + length && Arrays.equals(question, 0, length, answer, HEADER, HEADER + length);
    }

    /** Puts the question, in lower case, into an answer. */
    void putQuestion(byte[] answer) {
        System.arraycopy(question, 0, answer, HEADER, nameLength + 4);
    }

    /** The name asked for. */
    public DnsName name() {
        List<String> labels = new ArrayList<>(8);
        int at = 0;
        while (question[at] != 0) {
            labels.add(new String(question, at + 1, question[at], StandardCharsets.ISO_8859_1));
            at += question[at] + 1;
        }
        return labels.isEmpty() ? DnsName.ROOT : new DnsName(List.copyOf(labels));
    }
}
