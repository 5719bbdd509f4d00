// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.PosixSpawn.Streams;
import dev.fairlead.kernel.syscall.SystemCall;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child whose streams are in our hands: pipes, or a terminal of its own (pty(7)).
 *
 * <p>Reading and writing block, so each stream wants a platform thread of its own. When the child has ended, what it wrote
 * can still be read; then its streams end, also when a process that it left behind holds them open.
 */
public final class Talk implements AutoCloseable {
    // uapi/asm-generic/ioctls.h
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSPTLCK = 0x40045431;

    private final Bell bell;
    private final @Nullable Descriptor terminal;
    private final Descriptor input;
    private final Descriptor output;
    private final Descriptor errors;
    private final Child child;

    private Talk(Spawn spawn, boolean withTerminal, Deque<Descriptor> opened) {
        bell = new Bell(opened);
        Streams streams;
        List<Descriptor> childs = new ArrayList<>();
        if (withTerminal) {
            int master =
                    SystemCalls.open("/dev/ptmx", SystemCalls.O_RDWR | SystemCalls.O_NOCTTY | SystemCalls.O_NONBLOCK);
            terminal = held(master, opened);
            input = held(SystemCalls.duplicate(master), opened);
            output = held(SystemCalls.duplicate(master), opened);
            errors = held(SystemCalls.open("/dev/null", SystemCalls.O_RDONLY), opened);
            streams = new Streams.Terminal(path(master));
        } else {
            terminal = null;
            List<Descriptor> in = pipe(opened);
            List<Descriptor> out = pipe(opened);
            List<Descriptor> err = pipe(opened);
            input = in.getLast().neverBlocking();
            output = out.getFirst().neverBlocking();
            errors = err.getFirst().neverBlocking();
            childs.addAll(List.of(in.getFirst(), out.getLast(), err.getLast()));
            streams = new Streams.Of(
                    childs.getFirst().number(),
                    childs.get(1).number(),
                    childs.getLast().number());
        }
        child = spawn.start(streams);
        childs.forEach(Descriptor::close); // else our own end would keep its streams open
        var _ = child.exit().whenComplete((exit, trouble) -> bell.ring());
    }

    /**
     * Starts {@code spawn}; its files for output stay untouched.
     *
     * @param withTerminal whether the child gets a terminal: its errors are part of its output then
     * @throws KernelException when it cannot be started
     */
    public static Talk start(Spawn spawn, boolean withTerminal) {
        Deque<Descriptor> opened = new ArrayDeque<>();
        try {
            return new Talk(spawn, withTerminal, opened);
        } catch (KernelException refused) {
            opened.forEach(Descriptor::close);
            throw refused;
        }
    }

    public Child child() {
        return child;
    }

    /** What the child reads; closing it is the end of its input, except with a terminal. */
    public OutputStream input() {
        return input.writing(terminal == null ? input::close : () -> {});
    }

    /** What the child writes. */
    public InputStream output() {
        return output.reading();
    }

    /** What the child writes as errors; nothing with a terminal. */
    public InputStream errors() {
        return errors.reading();
    }

    /** Tells the child how large its terminal is; nothing without one. */
    public void resize(int columns, int rows) {
        if (terminal == null) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            // struct winsize {unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel} (uapi/asm-generic/termios.h)
            MemorySegment size = arena.allocate(8, 2);
            size.set(ValueLayout.JAVA_SHORT, 0, (short) rows);
            size.set(ValueLayout.JAVA_SHORT, 2, (short) columns);
            terminal.control("resize a terminal", TIOCSWINSZ, size);
        }
    }

    /** Ends the child with its group, and the streams: who reads gets their end, who writes an error. */
    @Override
    public void close() {
        child.signalGroup(Signal.KILL);
        bell.ring();
        List.of(input, output, errors).forEach(Descriptor::close);
        if (terminal != null) {
            terminal.close();
        }
        bell.close();
    }

    private Descriptor held(int descriptor, Deque<Descriptor> opened) {
        Descriptor held = new Descriptor(descriptor, bell.number());
        opened.add(held);
        return held;
    }

    /** The end to read from, and the one to write to. */
    private List<Descriptor> pipe(Deque<Descriptor> opened) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            SystemCalls.require("make a pipe", SystemCall.PIPE2, ends.address(), SystemCalls.O_CLOEXEC);
            List<Descriptor> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int end = ends.getAtIndex(ValueLayout.JAVA_INT, i);
                try {
                    both.add(held(SystemCalls.duplicate(end), opened)); // 0, 1 and 2 are of no use here
                } finally {
                    SystemCalls.close(end);
                }
            }
            return both;
        }
    }

    private static String path(int terminal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            SystemCalls.require("unlock a terminal", SystemCall.IOCTL, terminal, TIOCSPTLCK, number.address());
            SystemCalls.require("number a terminal", SystemCall.IOCTL, terminal, TIOCGPTN, number.address());
            return "/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Wakes everybody who waits for a stream, and stays rung. */
    private static final class Bell {
        private static final int EFD_CLOEXEC = 02000000;

        private final Descriptor descriptor;

        Bell(Deque<Descriptor> opened) {
            int number = (int) SystemCalls.require("make an eventfd", SystemCall.EVENTFD2, 0, EFD_CLOEXEC);
            descriptor = new Descriptor(number, number);
            opened.add(descriptor);
        }

        int number() {
            return descriptor.number();
        }

        void ring() {
            try (Arena arena = Arena.ofConfined()) {
                descriptor.put(arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
            }
        }

        void close() {
            descriptor.close();
        }
    }
}
