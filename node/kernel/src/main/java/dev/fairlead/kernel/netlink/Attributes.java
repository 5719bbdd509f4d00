// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one received message, by type. */
final class Attributes {
    private final Map<Integer, MemorySegment> byType = new HashMap<>();

    Attributes(MemorySegment bytes) {
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

    int number(int type, int otherwise) {
        MemorySegment value = byType.get(type);
        return value == null || value.byteSize() < 4 ? otherwise : value.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    String text(int type) {
        MemorySegment value = byType.get(type);
        return value == null ? "" : value.getString(0);
    }

    @Nullable
    InetAddress address(int type) {
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

    String mac(int type) {
        MemorySegment value = byType.get(type);
        return value == null ? "" : HexFormat.ofDelimiter(":").formatHex(value.toArray(ValueLayout.JAVA_BYTE));
    }
}
