// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.message;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes netlink messages one after another: header (struct nlmsghdr), the family's own header, attributes. Everything is
 * padded to 4 bytes; numbers are in the machine's order except where a method says {@code big}.
 *
 * <p>Source: {@code uapi/linux/netlink.h}.
 */
public final class MessageWriter {
    public static final int REQUEST = 1;
    public static final int ACK = 4;
    public static final int DUMP = 0x300;
    public static final int REPLACE = 0x100;
    public static final int EXCLUSIVE = 0x200;
    public static final int CREATE = 0x400;
    public static final int APPEND = 0x800;
    private static final int NESTED = 0x8000;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt BIG_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort BIG_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** More than the longest message: what is nested in one attribute has at most 64 KiB. */
    private static final long ROOM = 1 << 17;

    private static final long KEPT = 1 << 22;

    private MemorySegment memory;
    private long position;
    private long message;
    private int sequence;

    public MessageWriter(long capacity) {
        memory = Arena.ofAuto().allocate(capacity, 8);
    }

    private void grow() {
        reserve(Math.max(memory.byteSize() * 2, position + 2 * ROOM));
    }

    /** Makes room for so many bytes in all; where less is said than comes, it grows all the same. */
    public void reserve(long bytes) {
        if (bytes > memory.byteSize()) {
            MemorySegment copy = Arena.ofAuto().allocate(bytes, 8);
            MemorySegment.copy(memory, 0, copy, 0, position);
            memory = copy;
        }
    }

    public MemorySegment memory() {
        return memory;
    }

    public long length() {
        return position;
    }

    /** The sequence number of the message begun last. */
    public int sequence() {
        return sequence;
    }

    /** Begins anew. What a rare long message needed is given back, what usual ones need is kept. */
    public MessageWriter clear() {
        position = 0;
        if (memory.byteSize() > KEPT) {
            memory = Arena.ofAuto().allocate(2 * ROOM, 8);
        }
        return this;
    }

    /** Begins a message; the memory grows where it may not have room for it. */
    public MessageWriter begin(int type, int flags) {
        if (position + ROOM > memory.byteSize() && position > 0) {
            grow();
        }
        message = position;
        memory.set(SHORT, position + 4, (short) type);
        memory.set(SHORT, position + 6, (short) (flags | REQUEST));
        memory.set(INT, position + 8, ++sequence);
        memory.set(INT, position + 12, 0); // to the kernel
        position += 16;
        return this;
    }

    public MessageWriter end() {
        memory.set(INT, message, (int) (position - message));
        return this;
    }

    public MessageWriter u8(int value) {
        memory.set(ValueLayout.JAVA_BYTE, position++, (byte) value);
        return this;
    }

    public MessageWriter u16(int value) {
        memory.set(SHORT, position, (short) value);
        position += 2;
        return this;
    }

    public MessageWriter big16(int value) {
        memory.set(BIG_SHORT, position, (short) value);
        position += 2;
        return this;
    }

    public MessageWriter u32(int value) {
        memory.set(INT, position, value);
        position += 4;
        return this;
    }

    /** How many bytes were written since an attribute was opened. */
    public long since(long nest) {
        return position - nest;
    }

    /** Asks for an acknowledgement of the message begun last. */
    public MessageWriter acknowledged() {
        memory.set(SHORT, message + 6, (short) (memory.get(SHORT, message + 6) | ACK));
        return this;
    }

    /** Opens an attribute that holds attributes; close it with {@link #end(long)}. */
    public long nest(int type) {
        long start = position;
        memory.set(SHORT, position + 2, (short) (type | NESTED));
        position += 4;
        return start;
    }

    /** The same without the flag, which older interfaces (IFLA_LINKINFO) do not expect. */
    public long nestPlain(int type) {
        long start = position;
        memory.set(SHORT, position + 2, (short) type);
        position += 4;
        return start;
    }

    public void end(long nest) {
        memory.set(SHORT, nest, (short) (position - nest));
    }

    public MessageWriter attribute(int type, byte[] value) {
        memory.set(SHORT, position, (short) (value.length + 4));
        memory.set(SHORT, position + 2, (short) type);
        position += 4;
        int at = 0;
        for (; at + 4 <= value.length; at += 4) { // most are short: copying them as memory takes longer
            memory.set(INT, position, (int) WORDS.get(value, at));
            position += 4;
        }
        for (; at < value.length; at++) {
            memory.set(ValueLayout.JAVA_BYTE, position++, value[at]);
        }
        while ((position & 3) != 0) {
            memory.set(ValueLayout.JAVA_BYTE, position++, (byte) 0);
        }
        return this;
    }

    public MessageWriter attribute(int type, InetAddress value) {
        return attribute(type, value.getAddress());
    }

    /** With its terminating zero. */
    public MessageWriter attribute(int type, String value) {
        return attribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
    }

    public MessageWriter attribute(int type, int value) {
        memory.set(INT, position + 4, value);
        return numberAttribute(type);
    }

    public MessageWriter bigAttribute(int type, int value) {
        memory.set(BIG_INT, position + 4, value);
        return numberAttribute(type);
    }

    public MessageWriter bigAttribute(int type, long value) {
        memory.set(SHORT, position, (short) 12);
        memory.set(SHORT, position + 2, (short) type);
        memory.set(BIG_LONG, position + 4, value);
        position += 12;
        return this;
    }

    private MessageWriter numberAttribute(int type) {
        memory.set(SHORT, position, (short) 8);
        memory.set(SHORT, position + 2, (short) type);
        position += 8;
        return this;
    }
}
