// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;

/** What a pod object says about its end. */
final class ObjectTimes {
    private ObjectTimes() {}

    /** Whether the pod's end was asked for. */
    static boolean deleting(Tree object) {
        return object.tree("metadata").has("deletionTimestamp");
    }

    /** How long it may take; {@code fallback} when the object does not say. */
    static Duration grace(Tree object, Duration fallback) {
        long seconds = object.tree("metadata").whole("deletionGracePeriodSeconds", fallback.toSeconds());
        return Duration.ofSeconds(Math.max(0, seconds));
    }
}
