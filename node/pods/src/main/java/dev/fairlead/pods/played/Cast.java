// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.played;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Who plays the containers of a node's pods. Asked by many pods at once. */
@FunctionalInterface
public interface Cast {
    /** Plays nothing: every container is a process. */
    Cast NOBODY = role -> null;

    /**
     * Starts to play a container that is due to be started. Called for init containers too; each start, also one after a
     * crash, is a role of its own. The actor may serve at once: from then on the container counts as running.
     *
     * @return null for an ordinary process
     * @throws IOException when the container cannot be started now, because a port is taken, say: it waits in {@code
     *     CreateContainerError} with the message, and is tried again after five seconds. The same goes for an unchecked exception
     */
    @Nullable
    Actor play(Role role) throws IOException;
}
