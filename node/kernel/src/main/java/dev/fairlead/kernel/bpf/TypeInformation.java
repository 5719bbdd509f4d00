// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The little of BTF that the kernel asks for with storage of sockets: its key is a number, its value a structure of the right
 * size. Format: {@code uapi/linux/btf.h}.
 */
final class TypeInformation {
    static final int KEY = 1;
    static final int VALUE = 3;

    private static final int MAGIC = 0xeb9f;
    private static final int HEADER = 24;
    private static final byte[] NAMES = "\0int\0value\0words\0".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_INT = 1;
    private static final int NAME_VALUE = 5;
    private static final int NAME_WORDS = 11;
    private static final int INT = 1 << 24;
    private static final int ARRAY = 3 << 24;
    private static final int STRUCT = 4 << 24;

    private TypeInformation() {}

    /** Loads it for values of so many bytes; gives a descriptor to be closed. */
    static int load(int valueSize) {
        byte[] types = types(valueSize);
        try (Arena arena = Arena.ofConfined()) {
            return BpfCall.of(BpfCall.TYPES_LOAD, arena)
                    .bytes(0, types)
                    .number(16, types.length)
                    .require("load types of socket storage");
        }
    }

    static void close(int descriptor) {
        SystemCalls.close(descriptor);
    }

    private static byte[] types(int valueSize) {
        ByteBuffer types = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        types.putInt(NAME_INT).putInt(INT).putInt(4).putInt(32); // 1: 4 bytes, 32 bits of them, unsigned
        types.putInt(0).putInt(ARRAY).putInt(0); // 2: as many of 1 as fit
        types.putInt(KEY).putInt(KEY).putInt(valueSize / 4);
        types.putInt(NAME_VALUE).putInt(STRUCT | 1).putInt(valueSize); // 3: one member, 2
        types.putInt(NAME_WORDS).putInt(2).putInt(0);
        int length = types.position();
        ByteBuffer all = ByteBuffer.allocate(HEADER + length + NAMES.length).order(ByteOrder.nativeOrder());
        all.putShort((short) MAGIC).put((byte) 1).put((byte) 0).putInt(HEADER);
        all.putInt(0).putInt(length).putInt(length).putInt(NAMES.length);
        all.put(types.array(), 0, length).put(NAMES);
        return all.array();
    }
}
