// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When and how a container is asked how it does.
 *
 * @param successes how many in a row turn a failed probe into a good one
 * @param failures how many in a row turn a good one into a failed one
 * @param grace how long a container that failed this probe may take to end; null for the pod's own grace
 */
public record ProbeSpec(
        Action action,
        Duration initialDelay,
        Duration period,
        Duration timeout,
        int successes,
        int failures,
        @Nullable Duration grace) {

    static @Nullable ProbeSpec from(Tree container, String field) {
        Tree probe = container.tree(field);
        Action action = Action.from(probe);
        if (action == null) {
            return null;
        }
        return new ProbeSpec(
                action,
                Duration.ofSeconds(probe.whole("initialDelaySeconds", 0)),
                Duration.ofSeconds(Math.max(1, probe.whole("periodSeconds", 10))),
                Duration.ofSeconds(Math.max(1, probe.whole("timeoutSeconds", 1))),
                (int) Math.max(1, probe.whole("successThreshold", 1)),
                (int) Math.max(1, probe.whole("failureThreshold", 3)),
                probe.has("terminationGracePeriodSeconds")
                        ? Duration.ofSeconds(probe.whole("terminationGracePeriodSeconds", 30))
                        : null);
    }
}
