// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.dns.names.ZoneAnswers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** Prepared answers beside those of the long way: whatever is given again has to be what the long way gives now. */
public final class PreparedTwin {
    private final ZoneAnswers zone;
    private final PreparedAnswers prepared;
    private final PlainQuery plain = new PlainQuery();
    private final DnsMetrics metrics = new DnsMetrics(53);
    private final byte[] out = new byte[65_535];
    private int given;

    public PreparedTwin(ZoneAnswers zone) {
        this.zone = zone;
        this.prepared = new PreparedAnswers(zone, false);
    }

    /** How many answers were given again. */
    public int given() {
        return given;
    }

    /** Asks in a way of the usual ones. */
    public void check(String name, int type, Random random) {
        byte[] query = query(name, type, random);
        Query read;
        try {
            read = Query.read(ByteBuffer.wrap(query));
        } catch (MalformedException never) {
            throw new AssertionError(never);
        }
        assertThat(plain.read(query, query.length, random.nextBoolean())).isTrue();
        assertThat(plain.name()).isEqualTo(DnsName.of(name));
        Optional<byte[]> expected = zone.answer(DnsName.of(name), type)
                .filter(partial -> partial.unresolved().isEmpty())
                .map(partial -> MessageWriter.write(read, partial.answer(), read.udpSize()));
        Prepared known = prepared.find(plain);
        if (known != null) {
            int length = prepared.write(known, plain, query, out);
            given++;
            same(Arrays.copyOf(out, length), expected.orElseThrow(() -> new AssertionError("not ours: " + name)), name);
            return;
        }
        PreparedAnswers.Keeping keeping = prepared.prepare(plain);
        if (keeping != null && expected.isPresent()) {
            DnsMetrics.Labels labels = new DnsMetrics.Labels(".", "udp", false, type, 0);
            prepared.keep(plain, keeping, expected.get(), metrics.tally(labels));
        }
    }

    /** But for the turn of addresses. */
    private void same(byte[] actual, byte[] expected, String name) {
        assertThat(Arrays.copyOf(actual, plain.end())).as(name).isEqualTo(Arrays.copyOf(expected, plain.end()));
        Arrays.sort(actual);
        Arrays.sort(expected);
        assertThat(actual).as(name).isEqualTo(expected);
    }

    private static byte[] query(String name, int type, Random random) {
        ByteBuffer bytes = ByteBuffer.allocate(512);
        boolean edns = random.nextBoolean();
        bytes.putShort((short) random.nextInt()).put((byte) random.nextInt(2)).put((byte) (random.nextInt(2) << 4));
        bytes.putShort((short) 1).putInt(0).putShort((short) (edns ? 1 : 0));
        for (String label : DnsName.of(name).labels()) {
            byte[] octets = label.getBytes(StandardCharsets.ISO_8859_1);
            bytes.put((byte) octets.length);
            for (byte octet : octets) {
                bytes.put((byte) (random.nextInt(8) == 0 ? Character.toUpperCase(octet) : octet));
            }
        }
        bytes.put((byte) 0).putShort((short) type).putShort((short) Query.IN);
        if (edns) {
            int size = random.nextBoolean() ? 1232 : 4096;
            bytes.put((byte) 0).putShort((short) 41).putShort((short) size).putShort((short) 0);
            bytes.putShort((short) (random.nextInt(8) == 0 ? 0x8000 : 0)).putShort((short) 0);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
