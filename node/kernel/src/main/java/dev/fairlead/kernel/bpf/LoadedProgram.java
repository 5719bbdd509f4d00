// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A program that the kernel has checked and compiled; it holds its maps. */
public final class LoadedProgram implements AutoCloseable {
    private static final long LOG = 1 << 20;
    private static final String LICENSE = "Apache-2.0"; // no helper that we call asks for the GPL

    private final Program program;
    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private LoadedProgram(Program program, int descriptor) {
        this.program = program;
        this.descriptor = descriptor;
    }

    /**
     * Loads a program.
     *
     * @param maps among which are those it names
     * @throws KernelException whose text is what the kernel's verifier says: EINVAL or EACCES for a program that it does not
     *     take, EPERM without CAP_BPF and CAP_NET_ADMIN
     */
    public static LoadedProgram load(Program program, Collection<BpfMap> maps) {
        Map<String, Integer> descriptors = new HashMap<>();
        maps.forEach(map -> descriptors.put(map.spec().name(), map.descriptor()));
        long[] code = program.encoded(descriptors);
        try (Arena arena = Arena.ofConfined()) {
            BpfCall call = BpfCall.of(BpfCall.PROGRAM_LOAD, arena)
                    .number(0, program.hook().kind())
                    .number(4, code.length)
                    .pointer(8, arena.allocateFrom(ValueLayout.JAVA_LONG, code))
                    .pointer(16, arena.allocateFrom(LICENSE))
                    .name(48, program.name())
                    .number(68, program.hook().number());
            int result = call.attempt();
            if (result < 0) {
                throw refused(call, program, -result);
            }
            return new LoadedProgram(program, result);
        }
    }

    /** The log costs time, so it is asked for when it is needed. */
    private static KernelException refused(BpfCall call, Program program, int errno) {
        String operation = "load program " + program.name() + " for " + program.hook();
        if (errno == Errno.EPERM) {
            return new KernelException(operation, errno);
        }
        MemorySegment log = call.arena().allocate(LOG);
        int again = call.number(24, 1).number(28, (int) LOG).pointer(32, log).attempt();
        if (again >= 0) {
            SystemCalls.close(again);
        }
        return new KernelException(operation, errno, log.getString(0).strip());
    }

    public Program program() {
        return program;
    }

    int descriptor() {
        if (!open.get()) {
            throw new IllegalStateException("program " + program.name() + " is closed");
        }
        return descriptor;
    }

    /** Lets go of it; a link that uses it keeps it. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(descriptor);
        }
    }
}
