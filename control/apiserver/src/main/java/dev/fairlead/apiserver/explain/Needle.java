// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes to look for, with the steps by which a search may skip ahead (Horspool 1980). */
final class Needle {
    private final byte[] bytes;
    private final int[] skips = new int[256];

    private Needle(byte[] bytes) {
        this.bytes = bytes;
        Arrays.fill(skips, bytes.length);
        for (int i = 0; i < bytes.length - 1; i++) {
            skips[bytes[i] & 0xff] = bytes.length - 1 - i;
        }
    }

    static Needle of(String text) {
        return new Needle(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean in(byte[] hay) {
        return after(hay, 0) >= 0;
    }

    /** Whether it lies between two indexes; false when {@code from} is negative. */
    boolean within(byte[] hay, int from, int to) {
        return from >= 0 && after(hay, from, to) >= 0;
    }

    /** The index behind its first place at or after {@code from}; -1 when there is none. */
    int after(byte[] hay, int from) {
        return after(hay, from, hay.length);
    }

    private int after(byte[] hay, int from, int to) {
        int last = bytes.length - 1;
        for (int at = from + last; at < to; at += skips[hay[at] & 0xff]) {
            if (hay[at] == bytes[last] && Arrays.equals(hay, at - last, at + 1, bytes, 0, bytes.length)) {
                return at + 1;
            }
        }
        return -1;
    }
}
