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
import java.util.Collections;

/**
 * Handles of libc functions, and the errno of the call just made.
 *
 * <p>All handles have one shape, seven longs to a long: linking a shape costs tens of milliseconds at start-up, a further
 * function of the same shape nearly nothing. In the calling conventions of Linux on x86-64 and AArch64 integers and
 * pointers travel in whole registers, and a function does not see the registers it has no parameter for. Results of type
 * {@code int} leave the upper half undefined: cast them.
 */
@SuppressWarnings("restricted") // native access is what this class is for; the launcher grants it to this module
public final class Libc {
    /** What a call writes its errno to; one segment per thread or per call. */
    public static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final FunctionDescriptor SEVEN_LONGS = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, Collections.nCopies(7, ValueLayout.JAVA_LONG).toArray(MemoryLayout[]::new));

    private Libc() {}

    /** Whether this libc has the function. */
    public static boolean has(String name) {
        return LINKER.defaultLookup().find(name).isPresent();
    }

    /** {@code long f(MemorySegment state, long a, long b, long c, long d, long e, long f, long g)}. */
    public static MethodHandle function(String name) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new KernelException("find libc's " + name, 0, "this libc has no function " + name));
        // syscall(2) is variadic after its number (glibc's unistd.h); for others it makes no difference on Linux
        return LINKER.downcallHandle(
                symbol, SEVEN_LONGS, Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    }

    /** The errno a call left in its segment; meaningful only if that call failed. */
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
}
