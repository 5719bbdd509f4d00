// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.OwnThread;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process started by {@link Spawn}, by this JVM or by one before it. It leads its own session, so its pid is also the
 * number of its process group.
 *
 * <p>One thread per child waits for its end on a pidfd (pidfd_open(2), Linux 5.3) and then asks for the exit code of this
 * one pid: the JVM's own children are never touched.
 */
public final class Child {
    private static final int WNOHANG = 1;
    private static final long STACK = 256 * 1024;

    private final long pid;
    private final long startTime;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    private Child(long pid, long startTime, int pidfd) {
        this.pid = pid;
        this.startTime = startTime;
        OwnThread.named("wait-" + pid).stackSize(STACK).start(() -> {
            try {
                SystemCalls.awaitReadable(pidfd);
                exit.complete(reap(pid));
            } catch (RuntimeException e) {
                exit.completeExceptionally(e);
            } finally {
                SystemCalls.close(pidfd);
            }
        });
    }

    /** A child just started by this process: until it is reaped its pid cannot belong to another. */
    static Child started(long pid) {
        int pidfd = openPidfd(pid);
        ProcessStatus status = ProcessStatus.of(pid)
                .orElseThrow(() -> new IllegalStateException("process " + pid + " was reaped by somebody else"));
        return new Child(pid, status.startTime(), pidfd);
    }

    /**
     * The process of an earlier life of ours, if it still runs. Its exit code will be unknown, unless it is a child of
     * this very process.
     *
     * @param startTime as {@link #startTime()} said; another process with the same pid is not it
     */
    public static Optional<Child> adopt(long pid, long startTime) {
        int pidfd;
        try {
            pidfd = openPidfd(pid);
        } catch (KernelException e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
        // compared after the pidfd was opened: from here on the pid cannot change its meaning unseen
        Optional<ProcessStatus> status = ProcessStatus.of(pid);
        if (status.isPresent()
                && status.get().startTime() == startTime
                && !status.get().isZombie()) {
            return Optional.of(new Child(pid, startTime, pidfd));
        }
        SystemCalls.close(pidfd);
        return Optional.empty();
    }

    public long pid() {
        return pid;
    }

    /** Clock ticks since boot, field 22 of /proc/pid/stat. */
    public long startTime() {
        return startTime;
    }

    /** Completes when the process has ended and has been reaped. Do not block in what you attach to it. */
    public CompletableFuture<Exit> exit() {
        return exit.copy();
    }

    public boolean isAlive() {
        return !exit.isDone();
    }

    /**
     * Sends a signal to the process group: to the process and to those it started, unless they left the group.
     *
     * @return false when nobody is left in the group
     */
    public boolean signalGroup(Signal signal) {
        Optional<ProcessStatus> now = ProcessStatus.of(pid);
        if (now.isPresent() && now.get().startTime() != startTime) {
            return false; // the pid was given anew, which the kernel does only when the group has no member left
        }
        return send(-pid, signal);
    }

    /** Sends a signal to the process alone; false when it has ended. */
    public boolean signal(Signal signal) {
        Optional<ProcessStatus> now = ProcessStatus.of(pid);
        return now.isPresent() && now.get().startTime() == startTime && send(pid, signal);
    }

    @Override
    public String toString() {
        return "process " + pid + " (start time " + startTime + ")";
    }

    private boolean send(long target, Signal signal) {
        long result = SystemCalls.attempt(SystemCall.KILL, target, signal.number());
        if (result == -Errno.ESRCH) {
            return false;
        }
        if (result < 0) {
            throw new KernelException("send SIG" + signal + " to " + this, (int) -result);
        }
        return true;
    }

    private static Exit reap(long pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            long result = SystemCalls.attempt(SystemCall.WAIT4, pid, status.address(), WNOHANG, 0);
            if (result != pid) {
                return new Exit.Unknown(); // ECHILD: an adopted one
            }
            int word =
                    status.get(ValueLayout.JAVA_INT, 0); // wait(2): low 7 bits are the signal, the next byte the code
            int signal = word & 0x7f;
            return signal == 0 ? new Exit.Code((word >> 8) & 0xff) : new Exit.Signalled(signal);
        }
    }

    private static int openPidfd(long pid) {
        return (int) SystemCalls.require("watch process " + pid, SystemCall.PIDFD_OPEN, pid, 0);
    }
}
