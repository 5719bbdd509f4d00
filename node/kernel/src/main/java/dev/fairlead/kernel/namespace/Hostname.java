// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.namespace;

import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The host name of the calling thread (uts_namespaces(7)). */
public final class Hostname {
    private static final int CLONE_NEWUTS = 0x04000000;

    private Hostname() {}

    /** Gives the calling platform thread, and the processes it starts, a host name of its own; at most 64 bytes. */
    public static void unshare(String name) {
        SystemCalls.require("create host name namespace", SystemCall.UNSHARE, CLONE_NEWUTS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(name);
            SystemCalls.require("set host name " + name, SystemCall.SETHOSTNAME, bytes.address(), bytes.byteSize() - 1);
        }
    }
}
