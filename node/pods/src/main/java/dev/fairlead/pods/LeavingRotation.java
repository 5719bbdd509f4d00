// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen before the processes of a pod are asked to end (design decision 8): the data planes send nothing new
 * there, and what they sent has been accepted. Blocks; belongs to a thread of its own.
 */
record LeavingRotation(Rotation rotation, @Nullable Sandbox sandbox, Time time, CompletableFuture<?> hurry) {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration ACCEPTING = Duration.ofSeconds(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /**
     * Waits, at most for half of {@code grace} and ten seconds.
     *
     * @return what to tell people about it; empty when all went well
     */
    String await(Tree pod, Duration grace, Set<Long> sessions) throws InterruptedException {
        Duration half = grace.dividedBy(2);
        Duration bound = half.compareTo(LONGEST) < 0 ? half : LONGEST;
        if (bound.isZero() || hurry.isDone()) {
            return "";
        }
        long end = time.nanos() + bound.toNanos();
        CompletableFuture<Rotation.Outcome> answer = new CompletableFuture<>();
        Thread asking = Thread.ofVirtual().name("rotation").start(() -> {
            try {
                answer.complete(rotation.awaitOutOfRotation(pod, bound));
            } catch (InterruptedException | RuntimeException trouble) {
                answer.completeExceptionally(trouble);
            }
        });
        Waiting.await(time, CompletableFuture.anyOf(answer, hurry), bound.plusSeconds(1));
        asking.interrupt();
        if (hurry.isDone()) {
            return "";
        }
        if (!answer.isDone() || answer.isCompletedExceptionally()) {
            return "it is not known whether the pod is out of rotation; going on after " + bound.toSeconds() + " s";
        }
        awaitAccepted(sessions, Math.min(end, time.nanos() + ACCEPTING.toNanos()));
        Rotation.Outcome outcome = answer.join();
        return outcome.out() ? "" : outcome.note();
    }

    /** A connection made before the pod left the rotation may still wait in its accept queue. */
    private void awaitAccepted(Set<Long> sessions, long end) throws InterruptedException {
        if (sessions.isEmpty()) {
            return; // actors see to that themselves when they are asked to end
        }
        while (sandbox != null && time.nanos() < end && !hurry.isDone() && sandbox.unaccepted(sessions) > 0) {
            Waiting.await(time, hurry, LOOK_AGAIN);
        }
    }
}
