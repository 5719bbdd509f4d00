// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * One call of bpf(2): a command, and a {@code union bpf_attr} that is zero wherever nothing was said.
 *
 * @param attributes what the command asks for; filled by the offsets of {@code uapi/linux/bpf.h}
 */
record BpfCall(int command, Arena arena, MemorySegment attributes) {
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP = 1;
    static final int MAP_UPDATE = 2;
    static final int MAP_DELETE = 3;
    static final int MAP_NEXT_KEY = 4;
    static final int PROGRAM_LOAD = 5;
    static final int TYPES_LOAD = 18;
    static final int MAP_UPDATE_BATCH = 26;
    static final int MAP_DELETE_BATCH = 27;
    static final int LINK_CREATE = 28;

    private static final long SIZE = 128;

    static BpfCall of(int command, Arena arena) {
        return new BpfCall(command, arena, arena.allocate(SIZE, 8));
    }

    BpfCall number(long offset, int value) {
        attributes.set(ValueLayout.JAVA_INT, offset, value);
        return this;
    }

    BpfCall pointer(long offset, MemorySegment value) {
        attributes.set(ValueLayout.JAVA_LONG, offset, value.address());
        return this;
    }

    BpfCall bytes(long offset, byte[] value) {
        return pointer(offset, arena.allocateFrom(ValueLayout.JAVA_BYTE, value));
    }

    /** At most 15 bytes, in place. */
    BpfCall name(long offset, String value) {
        byte[] ascii = value.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(ascii, 0, attributes, ValueLayout.JAVA_BYTE, offset, ascii.length);
        return this;
    }

    /** The result, or -errno. */
    int attempt() {
        return (int) SystemCalls.attempt(SystemCall.BPF, command, attributes.address(), SIZE);
    }

    int require(String operation) {
        int result = attempt();
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        return result;
    }
}
