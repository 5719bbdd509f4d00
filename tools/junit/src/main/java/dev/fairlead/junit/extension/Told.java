// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.FairleadCluster;
import java.util.List;

/** What happened in a cluster, as a part of a test's failure. */
final class Told extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_EVENTS = 30;

    private Told(String text) {
        super(text, null, false, false);
    }

    /** Adds the last events of {@code cluster} to {@code failure}, once. */
    static void with(Throwable failure, FairleadCluster cluster) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof Told) {
                return;
            }
        }
        failure.addSuppressed(new Told(text(cluster)));
    }

    private static String text(FairleadCluster cluster) {
        try {
            List<String> events = cluster.events();
            int from = Math.max(0, events.size() - SHOWN_EVENTS);
            return "events of the cluster " + cluster.name() + ":"
                    + (events.isEmpty() ? " none" : "\n  " + String.join("\n  ", events.subList(from, events.size())));
        } catch (RuntimeException | AssertionError silent) {
            return "the cluster " + cluster.name() + " tells no events: " + silent.getMessage();
        }
    }
}
