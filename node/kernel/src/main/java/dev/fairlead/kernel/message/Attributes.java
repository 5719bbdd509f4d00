// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.message;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one received message, by type. */
public final class Attributes {
    private static final ValueLayout.OfInt BIG_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Map<Integer, MemorySegment> byType = new HashMap<>();

    public Attributes(MemorySegment bytes) {
        long at = 0;
        while (at + 4 <= bytes.byteSize()) {
            int length = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xffff;
            int type = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2) & 0x3fff;
            if (length < 4 || at + length > bytes.byteSize()) {
                break;
            }
            byType.put(type, bytes.asSlice(at + 4, length - 4L));
            at += (length + 3) & ~3;
        }
    }

    public int number(int type, int otherwise) {
        MemorySegment value = byType.get(type);
        return value == null || value.byteSize() < 4 ? otherwise : value.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /** A number in network order, 0 where there is none. */
    public int big(int type) {
        MemorySegment value = byType.get(type);
        return value == null || value.byteSize() < 4 ? 0 : value.get(BIG_INT, 0);
    }

    /** The same with 8 bytes. */
    public long bigLong(int type) {
        MemorySegment value = byType.get(type);
        return value == null || value.byteSize() < 8 ? 0 : value.get(BIG_LONG, 0);
    }

    /** Whether it is there. */
    public boolean has(int type) {
        return byType.containsKey(type);
    }

    /** The bytes of an attribute, none where it is not there. */
    public MemorySegment bytes(int type) {
        return byType.getOrDefault(type, MemorySegment.NULL);
    }

    /** The attributes within an attribute, none where it is not there. */
    public Attributes nested(int type) {
        return new Attributes(bytes(type));
    }

    /** The attributes within each of a list of attributes, whatever their types. */
    public static List<Attributes> elements(MemorySegment bytes) {
        List<Attributes> elements = new ArrayList<>();
        long at = 0;
        while (at + 4 <= bytes.byteSize()) {
            int length = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xffff;
            if (length < 4 || at + length > bytes.byteSize()) {
                break;
            }
            elements.add(new Attributes(bytes.asSlice(at + 4, length - 4L)));
            at += (length + 3) & ~3;
        }
        return elements;
    }

    public String text(int type) {
        MemorySegment value = byType.get(type);
        return value == null ? "" : value.getString(0);
    }

    public @Nullable InetAddress address(int type) {
        MemorySegment value = byType.get(type);
        if (value == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(value.toArray(ValueLayout.JAVA_BYTE));
        } catch (UnknownHostException _) {
            return null; // neither 4 nor 16 bytes: of a family that is none of ours
        }
    }

    public String mac(int type) {
        MemorySegment value = byType.get(type);
        return value == null ? "" : HexFormat.ofDelimiter(":").formatHex(value.toArray(ValueLayout.JAVA_BYTE));
    }
}
