// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;

/** Takes note of what happened to a pod, for {@code kubectl describe}. Must not block and must not throw. */
public interface PodEvents {
    /** Takes no note. */
    PodEvents NONE = event -> {};

    /** Records {@code event}. */
    void record(Event event);

    /**
     * Something that happened.
     *
     * @param uid of the pod
     * @param fieldPath {@code spec.containers{web}}, or empty for the pod as a whole
     * @param warning whether somebody should look at it
     * @param reason one word: {@code Started}, {@code Killing}, {@code BackOff}, {@code Unhealthy}, {@code Failed} …
     */
    record Event(ObjectName pod, String uid, String fieldPath, boolean warning, String reason, String message) {}
}
