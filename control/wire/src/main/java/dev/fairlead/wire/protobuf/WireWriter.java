// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One protobuf message while it is written; the counterpart of {@code WireReader}. */
public final class WireWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Whether nothing was written yet. */
    public boolean isEmpty() {
        return out.size() == 0;
    }

    /** The message. */
    public byte[] toBytes() {
        return out.toByteArray();
    }

    /** A whole number, negative ones in ten bytes. */
    public WireWriter whole(int number, long value) {
        tag(number, VARINT);
        varint(value);
        return this;
    }

    /** A truth value. */
    public WireWriter truth(int number, boolean value) {
        return whole(number, value ? 1 : 0);
    }

    /** A floating-point number. */
    public WireWriter floating(int number, double value) {
        tag(number, FIXED64);
        long bits = Double.doubleToRawLongBits(value);
        for (int i = 0; i < Long.BYTES; i++) {
            out.write((int) (bits >>> (8 * i)));
        }
        return this;
    }

    /** A text. */
    public WireWriter text(int number, String value) {
        return bytes(number, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes, or an encoded message. */
    public WireWriter bytes(int number, byte[] value) {
        tag(number, LENGTH);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** A message within this one; what is written to it later is lost. */
    public WireWriter message(int number, WireWriter value) {
        return bytes(number, value.toBytes());
    }

    private void tag(int number, int type) {
        varint((long) number << 3 | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
