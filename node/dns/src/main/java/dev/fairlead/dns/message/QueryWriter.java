// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the queries that we ask of others. */
public final class QueryWriter {
    private QueryWriter() {}

    /** The question section for (name, type), class IN. */
    public static byte[] question(DnsName name, int type) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.labels()) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        bytes.write(0);
        bytes.writeBytes(ByteBuffer.allocate(4)
                .putShort((short) type)
                .putShort((short) Query.IN)
                .array());
        return bytes.toByteArray();
    }

    /** A query of our own for (name, type), with recursion desired and EDNS. */
    public static Query query(int id, DnsName name, int type) {
        return new Query(
                id,
                0,
                true,
                false,
                name,
                type,
                Query.IN,
                question(name, type),
                new Query.Edns(Query.OWN_UDP_SIZE, 0, false, List.of()));
    }

    /** The bytes of {@code query} under another {@code id}, with our own EDNS. */
    public static byte[] write(Query query, int id) {
        ByteBuffer out = ByteBuffer.allocate(12 + query.question().length + 11);
        int flags = 0x0100 | (query.checkingDisabled() ? 0x0010 : 0);
        out.putShort((short) id).putShort((short) flags);
        out.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 1);
        out.put(query.question());
        boolean secure = query.edns() != null && query.edns().dnssecOk();
        out.put((byte) 0)
                .putShort((short) RecordType.OPT)
                .putShort((short) Query.OWN_UDP_SIZE)
                .putInt(secure ? 0x8000 : 0)
                .putShort((short) 0);
        return out.array();
    }
}
