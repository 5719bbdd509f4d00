// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for many descriptors at once (epoll(7)), for one thread; {@link #wake()} alone may come from any.
 *
 * <p>Each descriptor carries a token of the caller's choice that comes back with its events. A descriptor leaves by being
 * closed; events of it that were taken by the same {@link #await} are still in the list, so make stale tokens
 * recognisable (a generation in their upper half).
 */
public final class Epoll implements AutoCloseable {
    // uapi/linux/eventpoll.h
    /** Readable, or a connection to accept, or the end of the stream. */
    public static final int IN = 0x1;

    /** Writable, or connected. */
    public static final int OUT = 0x4;

    /** An error is pending; always reported. */
    public static final int ERR = 0x8;

    /** Both directions are over; always reported. */
    public static final int HUP = 0x10;

    /** The peer will send no more. */
    public static final int RDHUP = 0x2000;

    /** Of several epolls waiting for one listener only one is woken. */
    public static final int EXCLUSIVE = 1 << 28;

    /** Silent after one event until {@link #modify}. */
    public static final int ONESHOT = 1 << 30;

    /** Reports changes, not states: read and write until -EAGAIN. */
    public static final int EDGE = 1 << 31;

    private static final long CTL_ADD = 1;
    private static final long CTL_DEL = 2;
    private static final long CTL_MOD = 3;
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int EFD_FLAGS = 02000000 | 04000; // CLOEXEC | NONBLOCK

    private static final long EPOLL_CTL = SystemCall.EPOLL_CTL.number();
    private static final long EPOLL_PWAIT = SystemCall.EPOLL_PWAIT.number();

    // struct epoll_event {u32 events; u64 data}, packed on x86-64 only
    private static final long DATA = SystemCall.isX86() ? 4 : 8;
    private static final long SIZE = SystemCall.isX86() ? 12 : 16;
    private static final long WAKE = Long.MIN_VALUE;

    private final int capacity;
    private final int epoll;
    private final int wakeUp;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final MemorySegment state = Arena.ofAuto().allocate(Libc.CALL_STATE);
    private final MemorySegment event = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment ready;

    /**
     * An empty set.
     *
     * @param capacity how many events one {@link #await} takes at most
     */
    public Epoll(int capacity) {
        this.capacity = capacity;
        this.ready = Arena.ofAuto().allocate((capacity + 1) * SIZE, 8);
        this.epoll = (int) SystemCalls.require("create epoll", SystemCall.EPOLL_CREATE1, EPOLL_CLOEXEC);
        this.wakeUp = (int) SystemCalls.require("create eventfd", SystemCall.EVENTFD2, 0, EFD_FLAGS);
        int result = add(wakeUp, IN, WAKE);
        if (result < 0) {
            throw new KernelException("watch eventfd", -result);
        }
    }

    /**
     * Begins to watch a descriptor.
     *
     * @param events of {@link #IN}, {@link #OUT}, {@link #RDHUP}, {@link #EDGE} …
     * @param token anything but {@link Long#MIN_VALUE}
     * @return 0 or -errno
     */
    public int add(int fd, int events, long token) {
        return control(CTL_ADD, fd, events, token);
    }

    /** Changes what is watched; in {@link #EDGE} mode it reports the present state once more. */
    public int modify(int fd, int events, long token) {
        return control(CTL_MOD, fd, events, token);
    }

    /** Ends the watching of a descriptor that stays open. */
    public int remove(int fd) {
        return control(CTL_DEL, fd, 0, 0);
    }

    /**
     * Waits for events.
     *
     * @param timeoutMillis -1 without limit, 0 not at all
     * @return how many events there are to be read with {@link #token} and {@link #events}; 0 after the timeout or a
     *     {@link #wake}
     */
    public int await(int timeoutMillis) {
        long result = SystemCalls.quick(state, EPOLL_PWAIT, epoll, ready.address(), capacity + 1L, timeoutMillis, 0, 8);
        if (result < 0) {
            if (result == -Errno.EINTR) {
                return 0;
            }
            throw new KernelException("wait for events", (int) -result);
        }
        int count = (int) result;
        for (int i = 0; i < count; i++) {
            if (token(i) == WAKE) {
                // in this order: a wake() between the two writes nothing, and what was queued before it is seen after
                // we
                // return; the other way round its write would be read here, and no later wake() would write again
                SystemCalls.quick(state, SystemCall.READ.number(), wakeUp, event.address(), 8, 0, 0, 0);
                woken.set(false);
                count--;
                MemorySegment.copy(ready, count * SIZE, ready, i * SIZE, SIZE);
                break;
            }
        }
        return count;
    }

    public long token(int index) {
        return ready.get(ValueLayout.JAVA_LONG_UNALIGNED, index * SIZE + DATA);
    }

    public int events(int index) {
        return ready.get(ValueLayout.JAVA_INT_UNALIGNED, index * SIZE);
    }

    /** Makes the present or next {@link #await} return. From any thread; cheap when repeated. */
    public void wake() {
        if (open.get() && woken.compareAndSet(false, true)) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment one = arena.allocate(ValueLayout.JAVA_LONG);
                one.set(ValueLayout.JAVA_LONG, 0, 1L);
                SystemCalls.attempt(SystemCall.WRITE, wakeUp, one.address(), 8);
            }
        }
    }

    /** By the thread of the loop, and after the last possible {@link #wake}. */
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            SystemCalls.close(epoll);
            SystemCalls.close(wakeUp);
        }
    }

    private int control(long operation, int fd, int events, long token) {
        event.set(ValueLayout.JAVA_INT_UNALIGNED, 0, events);
        event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, token);
        return (int) SystemCalls.quick(state, EPOLL_CTL, epoll, operation, fd, event.address(), 0, 0);
    }
}
