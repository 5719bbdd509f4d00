// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.ReplicaSet;
import java.util.List;
import java.util.Map;

/** The number of a template in a Deployment's history, as {@code kubectl rollout history} shows it. */
public final class Revision {
    /** Where ReplicaSets and Deployments carry it. */
    public static final String ANNOTATION = "deployment.kubernetes.io/revision";
    /** Where a ReplicaSet that was gone back to carries the numbers it had before, with commas between. */
    public static final String HISTORY = "deployment.kubernetes.io/revision-history";

    /** How much of them is kept. */
    private static final int HISTORY_CHARACTERS = 2000;

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

    /** The annotation that remembers a set's number now that it gets another one; empty when it has none yet. */
    public static Map<String, Object> history(ReplicaSet set) {
        String number = set.meta().annotations().get(ANNOTATION);
        if (number == null) {
            return Map.of();
        }
        String before = set.meta().annotations().getOrDefault(HISTORY, "");
        String all = before.isEmpty() ? number : before + "," + number;
        while (all.length() > HISTORY_CHARACTERS && all.contains(",")) {
            all = all.substring(all.indexOf(',') + 1);
        }
        return Map.of(HISTORY, all);
    }
}
