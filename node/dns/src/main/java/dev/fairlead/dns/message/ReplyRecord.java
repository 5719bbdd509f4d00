// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One record where it stands in a reply, of any type. Written elsewhere its names are whole: what their pointers lead to
 * may not be there. Types that came after 1035 and its time have no pointers in their data (RFC 3597 §4).
 *
 * @param fixed where its type stands in the message; class, TTL and length follow
 * @param before how many octets of its data stand before the names in it
 * @param names the names that its data begins with, after those
 * @param after where the rest of its data begins in the message
 * @param end where it ends in the message
 */
record ReplyRecord(
        Section section, DnsName owner, int type, int fixed, int before, List<DnsName> names, int after, int end) {
    private static final int FIXED = 10;
    private static final int TO_QUESTION = 0xc00c; // a pointer to the first name of the message

    /** In the order of messages. */
    enum Section {
        ANSWER(6),
        AUTHORITY(8),
        ADDITIONAL(10);

        /** Where in a message the number of its records stands. */
        final int countAt;

        Section(int countAt) {
            this.countAt = countAt;
        }
    }

    /** Reads the one that follows. */
    static ReplyRecord read(Section section, MessageReader reader) throws MalformedException {
        DnsName owner = reader.name();
        int fixed = reader.at();
        int type = reader.u16();
        reader.skip(6);
        int end = reader.u16() + reader.at();
        int before = before(type);
        reader.skip(before);
        List<DnsName> names = new ArrayList<>(2);
        for (int i = names(type); i > 0; i--) {
            names.add(reader.name());
        }
        int after = reader.at();
        if (after > end) {
            throw new MalformedException("a record longer than it says");
        }
        reader.skip(end - after);
        return new ReplyRecord(section, owner, type, fixed, before, List.copyOf(names), after, end);
    }

    private static int before(int type) {
        return switch (type) {
            case RecordType.MX, 18, 21, 36, RecordType.SVCB, RecordType.HTTPS -> 2; // 18 AFSDB, 21 RT, 36 KX
            case RecordType.SRV -> 6;
            default -> 0;
        };
    }

    private static int names(int type) {
        return switch (type) {
            case RecordType.SOA, 14, 17 -> 2; // 14 MINFO, 17 RP
            case RecordType.NS, RecordType.CNAME, RecordType.DNAME, RecordType.PTR -> 1;
            case RecordType.MX, RecordType.SRV, RecordType.SVCB, RecordType.HTTPS -> 1;
            case 3, 4, 7, 8, 9, 18, 21, 36 -> 1; // MD, MF, MB, MG, MR, AFSDB, RT, KX
            default -> 0;
        };
    }

    /** Writes it, out of {@code message}, into one whose question is for {@code asked}. */
    void write(byte[] message, DnsName asked, ByteBuffer out) {
        if (owner.equals(asked)) {
            out.putShort((short) TO_QUESTION); // so that the letters are those of the question, as they were
        } else {
            MessageWriter.plainName(owner.labels(), out);
        }
        out.put(message, fixed, FIXED);
        int data = out.position();
        out.put(message, fixed + FIXED, before);
        names.forEach(name -> MessageWriter.plainName(name.labels(), out));
        out.put(message, after, end - after);
        out.putShort(data - 2, (short) (out.position() - data));
    }
}
