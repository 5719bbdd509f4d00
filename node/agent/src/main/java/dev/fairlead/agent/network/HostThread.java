// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * A thread that stands where this object was made, in the host's network namespace. A thread is born in the namespace of
 * the one that makes it, and rootless nobody may come back: entering takes a privilege over the namespace, and the host's
 * is not ours. So the thread is made early, and kept.
 */
final class HostThread implements AutoCloseable {
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("host").factory());

    HostThread() {
        thread.prestartAllCoreThreads();
    }

    /** What {@code work} gives, run on that thread. */
    int run(IntSupplier work) {
        try {
            return thread.submit(work::getAsInt).get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("work on the host's side failed", failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    /** Starts a thread that stands there too. */
    void start(String name, Runnable work) {
        try {
            thread.submit(() -> Thread.ofPlatform().daemon().name(name).start(work))
                    .get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("no thread on the host's side", failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
