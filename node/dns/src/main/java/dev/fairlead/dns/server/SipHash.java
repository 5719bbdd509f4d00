// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012): a keyed hash of 64 bits. */
final class SipHash {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    private SipHash(long k0, long k1) {
        v0 = k0 ^ 0x736f_6d65_7073_6575L;
        v1 = k1 ^ 0x646f_7261_6e64_6f6dL;
        v2 = k0 ^ 0x6c79_6765_6e65_7261L;
        v3 = k1 ^ 0x7465_6462_7974_6573L;
    }

    /**
     * The hash of {@code data}.
     *
     * @param key 16 octets
     */
    static long of(byte[] key, byte[] data) {
        ByteBuffer keys = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
        SipHash hash = new SipHash(keys.getLong(), keys.getLong());
        ByteBuffer words = ByteBuffer.allocate((data.length / 8 + 1) * 8).order(ByteOrder.LITTLE_ENDIAN);
        words.put(data).put(words.capacity() - 1, (byte) data.length).rewind();
        while (words.hasRemaining()) {
            long word = words.getLong();
            hash.v3 ^= word;
            hash.rounds(2);
            hash.v0 ^= word;
        }
        hash.v2 ^= 0xff;
        hash.rounds(4);
        return hash.v0 ^ hash.v1 ^ hash.v2 ^ hash.v3;
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
