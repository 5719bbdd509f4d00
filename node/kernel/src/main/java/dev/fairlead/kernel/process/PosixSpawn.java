// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** posix_spawn(3) with the attributes every child of ours gets. Needs glibc 2.34 for closing what is not 0, 1 or 2. */
final class PosixSpawn {
    // spawn.h
    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final int POSIX_SPAWN_SETSID = 0x80;
    // sizes of the opaque types: glibc x86-64 and AArch64 have 336, 80 and 128; room to spare costs nothing
    private static final long SIZE_OF_ATTRIBUTES = 512;
    private static final long SIZE_OF_ACTIONS = 256;
    private static final long SIZE_OF_SIGSET = 128;

    private static final MethodHandle ATTR_INIT = Libc.function("posix_spawnattr_init");
    private static final MethodHandle ATTR_DESTROY = Libc.function("posix_spawnattr_destroy");
    private static final MethodHandle ATTR_SETSIGDEFAULT = Libc.function("posix_spawnattr_setsigdefault");
    private static final MethodHandle ATTR_SETSIGMASK = Libc.function("posix_spawnattr_setsigmask");
    private static final MethodHandle ATTR_SETFLAGS = Libc.function("posix_spawnattr_setflags");
    private static final MethodHandle ACTIONS_INIT = Libc.function("posix_spawn_file_actions_init");
    private static final MethodHandle ACTIONS_DESTROY = Libc.function("posix_spawn_file_actions_destroy");
    private static final MethodHandle ADD_OPEN = Libc.function("posix_spawn_file_actions_addopen");
    private static final MethodHandle ADD_DUP2 = Libc.function("posix_spawn_file_actions_adddup2");
    private static final MethodHandle ADD_CLOSEFROM = Libc.function("posix_spawn_file_actions_addclosefrom_np");
    private static final MethodHandle SPAWN = Libc.function("posix_spawn");

    private final Arena arena;
    private final MemorySegment state;
    private final MemorySegment attributes;
    private final MemorySegment actions;

    private PosixSpawn(Arena arena) {
        this.arena = arena;
        state = arena.allocate(Libc.CALL_STATE);
        attributes = arena.allocate(SIZE_OF_ATTRIBUTES, 16);
        actions = arena.allocate(SIZE_OF_ACTIONS, 16);
    }

    /** What a child is to have as its streams 0, 1 and 2. */
    sealed interface Streams {
        /** Descriptors of this process, none of them 0, 1 or 2. */
        record Of(int in, int out, int err) implements Streams {}

        /** A terminal by its path, which becomes the one that controls the child's session. */
        record Terminal(String path) implements Streams {}
    }

    /** Starts the program from the calling thread, which lends it its namespaces and directory. */
    static long start(String program, List<String> command, List<String> environment, Streams streams) {
        try (Arena arena = Arena.ofConfined()) {
            return new PosixSpawn(arena).run(program, command, environment, streams);
        }
    }

    private long run(String program, List<String> command, List<String> environment, Streams streams) {
        check("prepare attributes", call(ATTR_INIT, attributes.address(), 0, 0));
        check("prepare descriptors", call(ACTIONS_INIT, actions.address(), 0, 0));
        try {
            setAttributes();
            switch (streams) {
                case Streams.Of(int in, int out, int err) -> {
                    // in this order no source is overwritten, since none is 0, 1 or 2
                    put(in, 0);
                    put(out, 1);
                    put(err, 2);
                }
                case Streams.Terminal(String path) -> {
                    // the leader of a new session that opens a terminal gets it as its own (tty(4))
                    check("open " + path, open(arena.allocateFrom(path)));
                    put(0, 1);
                    put(0, 2);
                }
            }
            check("close other descriptors", call(ADD_CLOSEFROM, actions.address(), 3, 0));
            return spawn(program, command, environment);
        } finally {
            check("free descriptors", call(ACTIONS_DESTROY, actions.address(), 0, 0));
            check("free attributes", call(ATTR_DESTROY, attributes.address(), 0, 0));
        }
    }

    private void put(int descriptor, int stream) {
        check("set stream " + stream, call(ADD_DUP2, actions.address(), descriptor, stream));
    }

    private int open(MemorySegment path) {
        try {
            return (int) (long) ADD_OPEN.invokeExact(
                    state, actions.address(), 0L, path.address(), (long) SystemCalls.O_RDWR, 0L, 0L, 0L);
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        }
    }

    private void setAttributes() {
        MemorySegment none = arena.allocate(SIZE_OF_SIGSET, 8);
        MemorySegment all = arena.allocate(SIZE_OF_SIGSET, 8).fill((byte) 0xff);
        int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
        check("set signals", call(ATTR_SETSIGDEFAULT, attributes.address(), all.address(), 0));
        check("set signal mask", call(ATTR_SETSIGMASK, attributes.address(), none.address(), 0));
        check("set flags", call(ATTR_SETFLAGS, attributes.address(), flags, 0));
    }

    private long spawn(String program, List<String> command, List<String> environment) {
        MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
        int error;
        try {
            error = (int) (long) SPAWN.invokeExact(
                    state,
                    pid.address(),
                    arena.allocateFrom(program).address(),
                    actions.address(),
                    attributes.address(),
                    pointers(command).address(),
                    pointers(environment).address(),
                    0L);
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        }
        if (error != 0) {
            throw refused(program, error);
        }
        return pid.get(ValueLayout.JAVA_INT, 0);
    }

    private int call(MethodHandle function, long a, long b, long c) {
        try {
            return (int) (long) function.invokeExact(state, a, b, c, 0L, 0L, 0L, 0L);
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        }
    }

    /** A null-terminated array of C strings. */
    private MemorySegment pointers(List<String> strings) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        array.setAtIndex(ValueLayout.ADDRESS, strings.size(), MemorySegment.NULL);
        return array;
    }

    private static KernelException refused(String program, int error) {
        String operation = "start " + program;
        Path file = Path.of(program);
        String why = switch (error) {
            // the kernel gives ENOENT for a script's missing interpreter too
            case Errno.ENOENT ->
                Files.exists(file) ? "the file is there, but the interpreter in its first line is not" : "";
            case Errno.EACCES -> Files.isDirectory(file) ? "it is a directory" : "the file is not executable";
            case Errno.ENOEXEC -> "neither a program of this machine nor a script with an interpreter line";
            default -> "";
        };
        return new KernelException(operation, error, why);
    }

    private static void check(String operation, int error) {
        if (error != 0) {
            throw new KernelException(operation + " of a new process", error);
        }
    }
}
