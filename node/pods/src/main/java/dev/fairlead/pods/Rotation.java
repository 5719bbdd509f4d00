// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;

/** Knows when no data plane sends new connections to a pod any more (design decision 8). */
public interface Rotation {
    /**
     * What came of waiting.
     *
     * @param out whether every live node has programmed the pod out, or nobody ever sent anything there
     * @param note names who did not answer; empty when {@code out}
     */
    record Outcome(boolean out, String note) {
        /** Nobody sends new connections to the pod. */
        public static final Outcome OUT = new Outcome(true, "");
    }

    /** Waits for nothing. */
    Rotation NONE = (pod, bound) -> Outcome.OUT;

    /**
     * Blocks until every live node has programmed the terminating pod out, at most for {@code bound}.
     *
     * @param pod the pod object with its deletion timestamp
     */
    Outcome awaitOutOfRotation(Tree pod, Duration bound) throws InterruptedException;
}
