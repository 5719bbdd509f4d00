// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is read as plain is what the careful reader reads; whatever else is left to it. */
class PlainQueryTest {
    private static final int ROUNDS = Integer.getInteger("fairlead.dns.fuzz", 20_000);

    @Test
    void saysNothingThatTheCarefulReaderDoesNot() {
        long seed = 20261121;
        Random random = new Random(seed);
        PlainQuery plain = new PlainQuery();
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = QueryWriter.write(
                    QueryWriter.query(0, DnsName.of("web.shop.svc.cluster.local"), 1 + round % 40), round & 0xffff);
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            byte[] message = Arrays.copyOf(bytes, Math.max(length, 64)); // what lies behind is none of it
            if (plain.read(message, length, false)) {
                read++;
                Query careful;
                try {
                    careful = Query.read(ByteBuffer.wrap(message, 0, length));
                } catch (MalformedException wrong) {
                    throw new AssertionError("seed " + seed + ", round " + round, wrong);
                }
                assertThat(plain.name()).as("seed %d, round %d", seed, round).isEqualTo(careful.name());
                assertThat(plain.type()).isEqualTo(careful.type());
                assertThat(plain.limit()).isEqualTo(careful.udpSize());
                assertThat(careful.opcode()).isZero();
                assertThat(careful.recordClass()).isEqualTo(Query.IN);
                assertThat(plain.end()).isEqualTo(12 + careful.question().length);
            }
        }
        assertThat(read).as("plain ones among them").isBetween(ROUNDS / 10, ROUNDS);
    }
}
