// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import java.util.Arrays;

/** Bytes that are appended to, by one thread: the JDK's takes a lock for each of millions of small writes. */
final class Growing {
    private byte[] bytes;
    private int size;

    Growing(int expected) {
        this.bytes = new byte[expected];
    }

    void add(char ascii) {
        room(1);
        bytes[size++] = (byte) ascii;
    }

    void add(byte[] all) {
        add(all, 0, all.length);
    }

    void add(byte[] from, int start, int end) {
        int length = end - start;
        room(length);
        System.arraycopy(from, start, bytes, size, length);
        size += length;
    }

    byte[] toBytes() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int)
                    Math.min(2L * size, Integer.MAX_VALUE - 8)));
        }
    }
}
