// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program at its hook, beside programs of others.
 *
 * <p>The link ends with this object, with this process, or with what the program is bound to. The older ways of attaching, which
 * outlive their process, are left alone on purpose: a program whose maps nobody keeps would lead traffic astray.
 */
public final class ProgramLink implements AutoCloseable {
    private static final int PROGRAM = 0; // offsets in the link_create part of union bpf_attr
    private static final int TARGET = 4;
    private static final int ATTACH_TYPE = 8;

    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private ProgramLink(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Puts a program to work for every socket that was opened by a process of a cgroup or of one below it. All programs
     * there run, those of lower groups first. Needs Linux 5.7.
     */
    public static ProgramLink atCgroup(LoadedProgram program, Path cgroup) {
        int group = SystemCalls.open(cgroup.toString(), SystemCalls.O_RDONLY);
        try {
            return attach(program, group, "cgroup " + cgroup);
        } finally {
            SystemCalls.close(group);
        }
    }

    /**
     * Puts a program of a {@link Hook#TCX_INGRESS} or {@link Hook#TCX_EGRESS} to work for every packet of a network interface,
     * after those that are there. Needs Linux 6.6.
     *
     * @param link the number of the interface in that namespace
     * @throws KernelException ENODEV where there is no such interface
     */
    public static ProgramLink atInterface(LoadedProgram program, Namespace namespace, int link) {
        return namespace.call(() -> attach(program, link, "interface " + link));
    }

    private static ProgramLink attach(LoadedProgram program, int target, String where) {
        try (Arena arena = Arena.ofConfined()) {
            return new ProgramLink(BpfCall.of(BpfCall.LINK_CREATE, arena)
                    .number(PROGRAM, program.descriptor())
                    .number(TARGET, target)
                    .number(ATTACH_TYPE, program.program().hook().number())
                    .require("attach " + program.program().name() + " to " + where));
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
