// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.syscall;

import dev.fairlead.kernel.KernelException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Handles of libc functions, and the errno of the call just made. */
@SuppressWarnings("restricted") // native access is what this class is for; the launcher grants it to this module
public final class Libc {
    /** What a call that captures errno writes to; one segment per thread or per call. */
    public static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private Libc() {}

    /** The function without errno, for those that return their error (posix_spawn and its family). */
    public static MethodHandle plain(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(find(name), descriptor);
    }

    /** The function with errno captured: its first argument is a segment of {@link #CALL_STATE}. */
    public static MethodHandle capturing(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        List<Linker.Option> options = new ArrayList<>(List.of(more));
        options.add(CAPTURE_ERRNO);
        return LINKER.downcallHandle(find(name), descriptor, options.toArray(Linker.Option[]::new));
    }

    /** The errno a capturing call left in its segment; meaningful only if that call failed. */
    public static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }

    /** A downcall handle throws nothing by itself; what arrives here is our mistake (a wrong type) or an Error. */
    public static RuntimeException unexpected(Throwable thrown) {
        return switch (thrown) {
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            default -> new IllegalStateException("a native call threw a checked exception", thrown);
        };
    }

    private static MemorySegment find(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new KernelException("find libc's " + name, 0, "this libc has no function " + name));
    }
}
