// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.ReplicaSet;

/** One thing to do to a Deployment's ReplicaSets. */
public sealed interface Step {
    /** Make the ReplicaSet of the current template. */
    record Create(int replicas) implements Step {}

    /** Ask a ReplicaSet for another number of pods. */
    record Scale(ReplicaSet set, int replicas) implements Step {}

    /** Forget an old ReplicaSet that has no pods. */
    record Delete(ReplicaSet set) implements Step {}
}
