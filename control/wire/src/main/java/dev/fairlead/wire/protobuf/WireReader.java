// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.protobuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One protobuf message, pulled field by field: {@link #next}, then exactly one of the reading methods or {@link #skip}.
 * Source: the encoding chapter of the Protocol Buffers documentation; groups do not occur in Kubernetes.
 */
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private final byte[] bytes;
    private final int end;
    private int position;
    private int number;
    private int wireType;

    WireReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    /** The bytes are no message, or not of this type. */
    static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;

        BrokenException(String detail) {
            super(detail);
        }
    }

    /** Steps to the next field; false at the end. */
    boolean next() throws BrokenException {
        if (position == end) {
            return false;
        }
        long tag = varint();
        number = (int) (tag >>> 3);
        wireType = (int) tag & 7;
        if (number <= 0 || tag >>> 32 != 0) {
            throw new BrokenException("no field number at byte " + position);
        }
        return true;
    }

    /** The field's number. */
    int number() {
        return number;
    }

    /** Whether the field is of varying length: text, bytes, a message or packed numbers. */
    boolean hasLength() {
        return wireType == LENGTH;
    }

    /** The field as a whole number or truth value. */
    long whole() throws BrokenException {
        expect(VARINT);
        return varint();
    }

    /** The field as a floating-point number. */
    double floating() throws BrokenException {
        if (wireType == FIXED32) {
            return Float.intBitsToFloat((int) fixed(4));
        }
        expect(FIXED64);
        return Double.longBitsToDouble(fixed(8));
    }

    /** The field as a message, which is read by itself. */
    WireReader message() throws BrokenException {
        int start = length();
        return new WireReader(bytes, start, position);
    }

    /** The field as text. */
    String text() throws BrokenException {
        int start = length();
        return new String(bytes, start, position - start, StandardCharsets.UTF_8);
    }

    /** The field as bytes. */
    byte[] bytes() throws BrokenException {
        int start = length();
        return Arrays.copyOfRange(bytes, start, position);
    }

    /** Whether this message has no more fields. */
    boolean isEmpty() {
        return position == end;
    }

    /** The next number of a packed list, which this reader is on. */
    long packed() throws BrokenException {
        return varint();
    }

    /** Steps over the field. */
    void skip() throws BrokenException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> fixed(8);
            case LENGTH -> length();
            case FIXED32 -> fixed(4);
            default -> throw new BrokenException("wire type " + wireType + " of field " + number);
        }
    }

    /** Steps over a field of varying length and returns where it started. */
    private int length() throws BrokenException {
        expect(LENGTH);
        long length = varint();
        if (length < 0 || length > end - position) {
            throw new BrokenException("field " + number + " is longer than its message");
        }
        int start = position;
        position += (int) length;
        return start;
    }

    private void expect(int type) throws BrokenException {
        if (wireType != type) {
            throw new BrokenException("field " + number + " has wire type " + wireType + ", not " + type);
        }
    }

    private long varint() throws BrokenException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = one();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new BrokenException("a number of more than ten bytes");
    }

    private long fixed(int size) throws BrokenException {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (one() & 0xffL) << (8 * i);
        }
        return value;
    }

    private byte one() throws BrokenException {
        if (position >= end) {
            throw new BrokenException("it ends in the middle of a field");
        }
        return bytes[position++];
    }
}
