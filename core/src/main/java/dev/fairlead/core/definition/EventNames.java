// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Map;

/** What the two versions of events call the same fields. */
public final class EventNames {
    /** By the name in {@code v1} the name in {@code events.k8s.io/v1}; fields that are not here have one name. */
    public static final Map<String, String> NEW = Map.of(
            "involvedObject", "regarding",
            "message", "note",
            "source", "deprecatedSource",
            "firstTimestamp", "deprecatedFirstTimestamp",
            "lastTimestamp", "deprecatedLastTimestamp",
            "count", "deprecatedCount",
            "reportingComponent", "reportingController");

    private EventNames() {}
}
