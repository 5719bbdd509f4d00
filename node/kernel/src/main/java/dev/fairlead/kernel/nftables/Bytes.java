// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes as they lie in registers, keys and data; an unchanging value. */
public final class Bytes {
    private final byte[] bytes;

    private Bytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** These bytes. */
    public static Bytes of(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new Bytes(bytes);
    }

    /** Four bytes in the machine's order: marks, random numbers, connection states. */
    public static Bytes mark(int value) {
        return fields(4).mark(value).bytes();
    }

    /** An address of 4 or 16 bytes. */
    public static Bytes address(InetAddress address) {
        return new Bytes(address.getAddress());
    }

    static Bytes of(MemorySegment memory) {
        return new Bytes(memory.toArray(ValueLayout.JAVA_BYTE));
    }

    /** Begins a concatenation that will be {@code width} bytes long. */
    public static Fields fields(int width) {
        return new Fields(width);
    }

    /** How many. */
    public int length() {
        return bytes.length;
    }

    /** To be read only. */
    byte[] array() {
        return bytes;
    }

    /** Reads the fields again, in the order they were written. */
    public ByteBuffer read() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
    }

    /** Writes the fields of a concatenation one after another, each padded to 4 bytes. */
    public static final class Fields {
        private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

        private final byte[] bytes;
        private int at;

        private Fields(int width) {
            bytes = new byte[width];
        }

        /** 4 or 16 bytes. */
        public Fields address(byte[] address) {
            System.arraycopy(address, 0, bytes, at, address.length);
            at += address.length;
            return this;
        }

        /** 1 byte. */
        public Fields protocol(int protocol) {
            bytes[at] = (byte) protocol;
            at += 4;
            return this;
        }

        /** 2 bytes, the high one first. */
        public Fields port(int port) {
            bytes[at] = (byte) (port >> 8);
            bytes[at + 1] = (byte) port;
            at += 4;
            return this;
        }

        /** 4 bytes in the machine's order. */
        public Fields mark(int value) {
            INT.set(bytes, at, value);
            at += 4;
            return this;
        }

        /** What was written; the width must be filled. */
        public Bytes bytes() {
            if (at != bytes.length) {
                throw new IllegalStateException((bytes.length - at) + " bytes of the fields are missing");
            }
            return new Bytes(bytes);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** In hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
