// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program at its hook, for every socket that was opened by a process of a cgroup or of one below it. Beside programs of
 * others: all run, those of lower groups first. Needs Linux 5.7.
 *
 * <p>The link ends with this object, with this process, or with the group. The older way of attaching, which outlives its
 * process, is left alone on purpose: a program whose maps nobody keeps would lead traffic astray.
 */
public final class CgroupLink implements AutoCloseable {
    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private CgroupLink(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Puts a program to work. */
    public static CgroupLink attach(LoadedProgram program, Path cgroup) {
        int group = SystemCalls.open(cgroup.toString(), SystemCalls.O_RDONLY);
        try (Arena arena = Arena.ofConfined()) {
            return new CgroupLink(BpfCall.of(BpfCall.LINK_CREATE, arena)
                    .number(0, program.descriptor())
                    .number(4, group)
                    .number(8, program.program().hook().number())
                    .require("attach " + program.program().name() + " to cgroup " + cgroup));
        } finally {
            SystemCalls.close(group);
        }
    }

    /** The program no longer runs when this returns. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(descriptor);
        }
    }
}
