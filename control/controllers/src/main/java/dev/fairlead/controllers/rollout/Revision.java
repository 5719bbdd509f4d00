// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.ReplicaSet;
import java.util.List;

/** The number of a template in a Deployment's history, as {@code kubectl rollout history} shows it. */
public final class Revision {
    /** Where ReplicaSets and Deployments carry it. */
    public static final String ANNOTATION = "deployment.kubernetes.io/revision";

    private Revision() {}

    /** The revision of a ReplicaSet; 0 when it has none. */
    public static long of(ReplicaSet set) {
        try {
            return Long.parseLong(set.meta().annotations().getOrDefault(ANNOTATION, "0"));
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    /** The revision of a template that comes after those of {@code others}. */
    public static long after(List<ReplicaSet> others) {
        return others.stream().mapToLong(Revision::of).max().orElse(0) + 1;
    }
}
