// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.FairleadCluster;
import java.util.List;

/** What happened in a cluster and what was asked of it, as a part of a test's failure. */
final class Told extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_EVENTS = 30;
    private static final int SHOWN_REQUESTS = 20;

    private Told(String text) {
        super(text, null, false, false);
    }

    /** Adds the last events and requests of {@code cluster} to {@code failure}, once. */
    static void with(Throwable failure, FairleadCluster cluster) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof Told) {
                return;
            }
        }
        failure.addSuppressed(new Told(text(cluster)));
    }

    private static String last(List<String> lines, int shown) {
        return lines.isEmpty()
                ? " none"
                : "\n  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - shown), lines.size()));
    }

    private static String text(FairleadCluster cluster) {
        try {
            return "events of the cluster " + cluster.name() + ":" + last(cluster.events(), SHOWN_EVENTS)
                    + "\nrequests to its API:" + last(cluster.requests(), SHOWN_REQUESTS);
        } catch (RuntimeException | AssertionError silent) {
            return "the cluster " + cluster.name() + " tells no events: " + silent.getMessage();
        }
    }
}
