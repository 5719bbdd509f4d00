// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes netlink messages one after another: header (struct nlmsghdr), the family's own header, attributes. Everything is
 * padded to 4 bytes; numbers are in the machine's order except where a method says {@code big}.
 *
 * <p>Source: {@code uapi/linux/netlink.h}.
 */
final class MessageWriter {
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int DUMP = 0x300;
    static final int REPLACE = 0x100;
    static final int EXCLUSIVE = 0x200;
    static final int CREATE = 0x400;
    static final int APPEND = 0x800;
    private static final int NESTED = 0x8000;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt BIG_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort BIG_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory;
    private long position;
    private long message;
    private int sequence;

    MessageWriter(long capacity) {
        memory = Arena.ofAuto().allocate(capacity, 8);
    }

    MemorySegment memory() {
        return memory;
    }

    long length() {
        return position;
    }

    /** The sequence number of the message begun last. */
    int sequence() {
        return sequence;
    }

    MessageWriter clear() {
        position = 0;
        return this;
    }

    MessageWriter begin(int type, int flags) {
        message = position;
        memory.set(SHORT, position + 4, (short) type);
        memory.set(SHORT, position + 6, (short) (flags | REQUEST));
        memory.set(INT, position + 8, ++sequence);
        memory.set(INT, position + 12, 0); // to the kernel
        position += 16;
        return this;
    }

    MessageWriter end() {
        memory.set(INT, message, (int) (position - message));
        return this;
    }

    MessageWriter u8(int value) {
        memory.set(ValueLayout.JAVA_BYTE, position++, (byte) value);
        return this;
    }

    MessageWriter u16(int value) {
        memory.set(SHORT, position, (short) value);
        position += 2;
        return this;
    }

    MessageWriter big16(int value) {
        memory.set(BIG_SHORT, position, (short) value);
        position += 2;
        return this;
    }

    MessageWriter u32(int value) {
        memory.set(INT, position, value);
        position += 4;
        return this;
    }

    /** Opens an attribute that holds attributes; close it with {@link #end(long)}. */
    long nest(int type) {
        long start = position;
        memory.set(SHORT, position + 2, (short) (type | NESTED));
        position += 4;
        return start;
    }

    /** The same without the flag, which older interfaces (IFLA_LINKINFO) do not expect. */
    long nestPlain(int type) {
        long start = position;
        memory.set(SHORT, position + 2, (short) type);
        position += 4;
        return start;
    }

    void end(long nest) {
        memory.set(SHORT, nest, (short) (position - nest));
    }

    MessageWriter attribute(int type, byte[] value) {
        memory.set(SHORT, position, (short) (value.length + 4));
        memory.set(SHORT, position + 2, (short) type);
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, position + 4, value.length);
        position += 4 + value.length;
        while ((position & 3) != 0) {
            memory.set(ValueLayout.JAVA_BYTE, position++, (byte) 0);
        }
        return this;
    }

    MessageWriter attribute(int type, InetAddress value) {
        return attribute(type, value.getAddress());
    }

    /** With its terminating zero. */
    MessageWriter attribute(int type, String value) {
        return attribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    MessageWriter attribute(int type, int value) {
        memory.set(INT, position + 4, value);
        return numberAttribute(type);
    }

    MessageWriter bigAttribute(int type, int value) {
        memory.set(BIG_INT, position + 4, value);
        return numberAttribute(type);
    }

    private MessageWriter numberAttribute(int type) {
        memory.set(SHORT, position, (short) 8);
        memory.set(SHORT, position + 2, (short) type);
        position += 8;
        return this;
    }
}
