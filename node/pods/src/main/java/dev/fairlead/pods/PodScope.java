// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.definition.PodSpec;
import java.time.Duration;

/** What the parts of one pod share: who it is, what its node works with, and the letters of its owner. */
record PodScope(PodContext context, PodSpec pod, Mailbox mailbox) {
    /** Runs {@code letter} on the owner's thread. */
    void post(Runnable letter) {
        mailbox.post(letter);
    }

    /** Has the owner look at where the pod stands, because something may have changed. */
    void look() {
        post(() -> {});
    }

    /** Runs {@code letter} on the owner's thread after a while. */
    void later(Duration wait, Runnable letter) {
        context.time().schedule(wait.isNegative() ? Duration.ZERO : wait, () -> mailbox.post(letter));
    }

    /** Tells people what happened; {@code fieldPath} is empty for the pod as a whole. */
    void event(String fieldPath, boolean warning, String reason, String message) {
        context.events().record(new PodEvents.Event(pod.name(), pod.uid(), fieldPath, warning, reason, message));
    }
}
