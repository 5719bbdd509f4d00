// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The end of one pod that was asked for, in its order: out of rotation, the processes stopped within the grace that is left,
 * the object deleted. On the owner's thread only.
 */
final class PodEnd {
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

    private final PodScope scope;
    private final Containers containers;
    private final PodPlace place;
    private final CompletableFuture<@Nullable Void> hurry = new CompletableFuture<>();
    private boolean begun;
    private boolean stopping;
    private boolean stopped;
    private boolean deleting;
    private long until;
    private Duration grace = Duration.ZERO;

    PodEnd(PodScope scope, Containers containers, PodPlace place) {
        this.scope = scope;
        this.containers = containers;
        this.place = place;
    }

    /** Asks for the end, once; a grace of zero means at once and without waiting for anybody. */
    void begin(Duration wanted) {
        if (!begun) {
            begun = true;
            until = scope.context().time().nanos() + wanted.toNanos();
            grace = wanted;
            if (wanted.isZero()) {
                hurry();
            }
        }
    }

    /** Nobody waits for this pod any more. */
    void hurry() {
        hurry.complete(null);
    }

    /** Completes when there is a hurry. */
    CompletableFuture<@Nullable Void> hurried() {
        return hurry;
    }

    boolean begun() {
        return begun;
    }

    /** Whether all was done to end the processes. */
    boolean stopped() {
        return stopped;
    }

    boolean deleting() {
        return deleting;
    }

    /** Goes the way to the end of the processes, once. */
    void stop(Tree terminating) {
        if (stopping) {
            return;
        }
        stopping = true;
        containers.retire();
        if (containers.noneRuns()) {
            stopped = true;
            return;
        }
        LeavingRotation leaving = new LeavingRotation(
                scope.context().rotation(), place.sandbox(), scope.context().time(), hurry);
        Set<Long> sessions = containers.sessions();
        Thread.ofVirtual().name("end-" + scope.pod().name()).start(() -> {
            try {
                String note = leaving.await(terminating, grace, sessions);
                scope.post(() -> stopProcesses(note));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void stopProcesses(String note) {
        if (!note.isEmpty()) {
            scope.event("", true, "StillInRotation", note);
        }
        Duration left =
                Duration.ofNanos(Math.max(0, until - scope.context().time().nanos()));
        var _ = containers.stop(left, hurry).thenRun(() -> scope.post(() -> stopped = true));
    }

    /** Deletes the object when all of its statuses are written, and says so to {@code deleted}, on the owner's thread. */
    void delete(CompletableFuture<@Nullable Void> written, Runnable deleted) {
        deleting = true;
        var _ = written.thenRun(
                () -> Thread.ofVirtual().name("delete-" + scope.pod().name()).start(() -> deleteObject(deleted)));
    }

    private void deleteObject(Runnable deleted) {
        Duration retry = Duration.ofMillis(50);
        PodContext context = scope.context();
        try {
            while (context.api().delete(scope.pod().name(), scope.pod().uid()) == PodApi.Answer.RETRY) {
                Waiting.pause(context.time(), retry);
                retry = retry.compareTo(LONGEST_RETRY) < 0 ? retry.multipliedBy(2) : retry;
            }
            scope.post(deleted);
        } catch (InterruptedException stoppedWaiting) {
            Thread.currentThread().interrupt();
        }
    }
}
