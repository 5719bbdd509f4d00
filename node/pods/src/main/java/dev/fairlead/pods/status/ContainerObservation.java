// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.ContainerSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a container.
 *
 * @param last how its process before this one ended, or null
 * @param restarts how often it was started again
 * @param started whether it runs and has passed its startup probe
 * @param ready whether it runs, is started and its readiness probe says yes; for an init container, whether it is done
 * @param containerId of the current or last process; empty before the first
 */
public record ContainerObservation(
        ContainerSpec spec,
        ContainerState state,
        ContainerState.@Nullable Terminated last,
        int restarts,
        boolean started,
        boolean ready,
        String containerId) {

    Map<String, Object> tree() {
        return Fields.of("name", spec.name())
                .with("state", state.tree())
                .with("lastState", last == null ? Tree.EMPTY.fields() : last.tree())
                .with("ready", ready)
                .with("restartCount", Long.valueOf(restarts))
                .with("image", spec.image())
                .with("imageID", "")
                .withText("containerID", containerId)
                .with("started", started)
                .tree();
    }

    /** Whether an init container lets the next one start: it ended well, or it is a sidecar that has started. */
    boolean initialized() {
        return spec.sidecar() ? started : state instanceof ContainerState.Terminated ended && ended.succeeded();
    }
}
