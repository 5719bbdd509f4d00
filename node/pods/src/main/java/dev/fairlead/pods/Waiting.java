// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Waiting by the time that was given, not by the machine's. */
final class Waiting {
    private Waiting() {}

    /** Waits for {@code delay}. */
    static void pause(Time time, Duration delay) throws InterruptedException {
        await(time, new CompletableFuture<@Nullable Void>(), delay);
    }

    /** Completes when all of {@code events} have, well or not. */
    static CompletableFuture<@Nullable Void> all(List<CompletableFuture<@Nullable Void>> events) {
        CompletableFuture<@Nullable Void> all = new CompletableFuture<@Nullable Void>();
        if (events.isEmpty()) {
            all.complete(null);
        }
        AtomicInteger left = new AtomicInteger(events.size());
        events.forEach(event -> {
            var _ = event.whenComplete((done, trouble) -> {
                if (left.decrementAndGet() == 0) {
                    all.complete(null);
                }
            });
        });
        return all;
    }

    /** Waits for {@code event}, at most for {@code bound}; whether it came. An event that failed has come. */
    static boolean await(Time time, CompletableFuture<?> event, Duration bound) throws InterruptedException {
        if (event.isDone()) {
            return true;
        }
        if (bound.isZero() || bound.isNegative()) {
            return false;
        }
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        Time.Timer timer = time.schedule(bound, () -> over.complete(null));
        try {
            CompletableFuture.anyOf(event, over).get();
        } catch (ExecutionException failed) {
            return true;
        } finally {
            timer.cancel();
        }
        return event.isDone();
    }
}
