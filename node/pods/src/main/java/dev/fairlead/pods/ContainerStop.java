// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.probe.ActionResult;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of one process: its preStop hook, SIGTERM to its group, and SIGKILL once its grace is over. However long the
 * hook took, the process has at least two seconds after SIGTERM, as a kubelet gives it; unless there is a hurry.
 */
record ContainerStop(Occupant occupant, @Nullable Action preStop, Time time, CompletableFuture<?> hurry) {
    private static final Duration LEAST = Duration.ofSeconds(2);
    private static final Duration AFTER_KILL = Duration.ofSeconds(10);

    /** Blocks until the process has ended; tells why the hook failed, or the empty text. */
    String run(Duration grace) throws InterruptedException {
        long end = time.nanos() + grace.toNanos();
        String trouble = "";
        if (preStop != null && !hurry.isDone() && !grace.isZero()) {
            ActionResult result = occupant.actions().run(preStop, grace);
            trouble = result.success() ? "" : result.output();
        }
        Duration left = Duration.ofNanos(end - time.nanos());
        boolean enough = left.compareTo(LEAST) >= 0 || grace.compareTo(LEAST) < 0;
        CompletableFuture<Exit> exit = occupant.exit();
        occupant.terminate();
        Waiting.await(time, CompletableFuture.anyOf(exit, hurry), enough ? left : LEAST);
        if (!exit.isDone() && hurry.isDone()) {
            Waiting.await(time, exit, Duration.ofMillis(200)); // a process that ends on SIGTERM needs no SIGKILL
        }
        occupant.kill();
        Waiting.await(time, exit, AFTER_KILL);
        return trouble;
    }
}
