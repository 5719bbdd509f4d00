// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.Errno;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.syscall.Libc;
import dev.fairlead.kernel.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** posix_spawn(3) with the attributes every child of ours gets. Needs glibc 2.34 for closing what is not 0, 1 or 2. */
final class PosixSpawn {
    // spawn.h
    private static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final short POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final short POSIX_SPAWN_SETSID = 0x80;
    // sizes of the opaque types: glibc x86-64 and AArch64 have 336, 80 and 128; room to spare costs nothing
    private static final long SIZE_OF_ATTRIBUTES = 512;
    private static final long SIZE_OF_ACTIONS = 256;
    private static final long SIZE_OF_SIGSET = 128;

    private static final FunctionDescriptor OF_POINTER =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final FunctionDescriptor OF_POINTERS =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    private static final MethodHandle ATTR_INIT = Libc.plain("posix_spawnattr_init", OF_POINTER);
    private static final MethodHandle ATTR_DESTROY = Libc.plain("posix_spawnattr_destroy", OF_POINTER);
    private static final MethodHandle ATTR_SETSIGDEFAULT = Libc.plain("posix_spawnattr_setsigdefault", OF_POINTERS);
    private static final MethodHandle ATTR_SETSIGMASK = Libc.plain("posix_spawnattr_setsigmask", OF_POINTERS);
    private static final MethodHandle ATTR_SETFLAGS = Libc.plain(
            "posix_spawnattr_setflags",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_SHORT));
    private static final MethodHandle ACTIONS_INIT = Libc.plain("posix_spawn_file_actions_init", OF_POINTER);
    private static final MethodHandle ACTIONS_DESTROY = Libc.plain("posix_spawn_file_actions_destroy", OF_POINTER);
    private static final MethodHandle ADD_DUP2 = Libc.plain(
            "posix_spawn_file_actions_adddup2",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle ADD_CLOSEFROM = Libc.plain(
            "posix_spawn_file_actions_addclosefrom_np",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle SPAWN = Libc.plain(
            "posix_spawn",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));

    private PosixSpawn() {}

    /** Starts the program from the calling thread, which lends it its namespaces and directory. */
    static long start(String program, List<String> command, List<String> environment, int out, int err) {
        int nowhere = SystemCalls.open("/dev/null", SystemCalls.O_RDONLY);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(SIZE_OF_ATTRIBUTES, 16);
            MemorySegment actions = arena.allocate(SIZE_OF_ACTIONS, 16);
            check("prepare attributes", (int) ATTR_INIT.invokeExact(attributes));
            check("prepare descriptors", (int) ACTIONS_INIT.invokeExact(actions));
            try {
                fill(arena, attributes);
                // dup2 in this order never overwrites a source: the three were opened while 0, 1 and 2 were taken
                check("set standard input", (int) ADD_DUP2.invokeExact(actions, nowhere, 0));
                check("set standard output", (int) ADD_DUP2.invokeExact(actions, out, 1));
                check("set standard error", (int) ADD_DUP2.invokeExact(actions, err, 2));
                check("close other descriptors", (int) ADD_CLOSEFROM.invokeExact(actions, 3));
                MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
                int error = (int) SPAWN.invokeExact(
                        pid,
                        arena.allocateFrom(program),
                        actions,
                        attributes,
                        pointers(arena, command),
                        pointers(arena, environment));
                if (error != 0) {
                    throw refused(program, error);
                }
                return pid.get(ValueLayout.JAVA_INT, 0);
            } finally {
                check("free descriptors", (int) ACTIONS_DESTROY.invokeExact(actions));
                check("free attributes", (int) ATTR_DESTROY.invokeExact(attributes));
            }
        } catch (Throwable thrown) {
            throw Libc.unexpected(thrown);
        } finally {
            SystemCalls.close(nowhere);
        }
    }

    private static void fill(Arena arena, MemorySegment attributes) throws Throwable {
        MemorySegment none = arena.allocate(SIZE_OF_SIGSET, 8);
        MemorySegment all = arena.allocate(SIZE_OF_SIGSET, 8).fill((byte) 0xff);
        short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
        check("set signals", (int) ATTR_SETSIGDEFAULT.invokeExact(attributes, all));
        check("set signal mask", (int) ATTR_SETSIGMASK.invokeExact(attributes, none));
        check("set flags", (int) ATTR_SETFLAGS.invokeExact(attributes, flags));
    }

    /** A null-terminated array of C strings. */
    private static MemorySegment pointers(Arena arena, List<String> strings) {
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
