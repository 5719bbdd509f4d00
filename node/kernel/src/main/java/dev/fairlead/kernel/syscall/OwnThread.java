// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.syscall;

import dev.fairlead.kernel.Work;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread for one piece of work that changes what belongs to a thread in Linux: its namespaces, its working
 * directory. Such a thread is never given back to a pool, it ends with its work.
 */
public final class OwnThread {
    private OwnThread() {}

    /** Runs the work to its end and gives its result or its exception; interrupting the caller interrupts the work. */
    @SuppressWarnings("unchecked") // the work can throw X and unchecked exceptions only
    public static <T extends @Nullable Object, X extends Exception> T call(String name, Work<T, X> work) throws X {
        FutureTask<T> task = new FutureTask<>(work::run);
        Thread thread = named(name).start(task);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return switch (task.state()) {
            case SUCCESS -> task.resultNow();
            default -> {
                Throwable cause = task.exceptionNow();
                switch (cause) {
                    case Error error -> throw error;
                    case Exception exception -> throw (X) exception;
                    default -> throw new CompletionException(cause);
                }
            }
        };
    }

    /** A daemon thread that inherits nothing from its creator. */
    public static Thread.Builder.OfPlatform named(String name) {
        return Thread.ofPlatform().name(name).daemon().inheritInheritableThreadLocals(false);
    }
}
