// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.pods.definition.PodSpec;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Gives pods their place on the network. Methods may be called by many pods at once. */
public interface PodNetwork {
    /** {@code kernel}, {@code rootless} or {@code loopback}, for messages. */
    String name();

    /**
     * Takes addresses for a pod; nothing is made yet.
     *
     * @throws IOException when no address is left
     */
    SandboxRecord allocate(PodSpec pod) throws IOException;

    /** Marks the addresses of a record of an earlier life as taken. */
    void reserve(SandboxRecord record);

    /**
     * Makes the pod's place, or finds the one that {@code record} names still there.
     *
     * @param members processes of an earlier life that run in it: they tell where it is when its holder has died
     * @param save called with the completed record before anything depends on it
     * @throws IOException when the system refused; asking again may help
     */
    Sandbox open(PodSpec pod, SandboxRecord record, List<Long> members, Consumer<SandboxRecord> save)
            throws IOException;

    /** Ends whatever is left of the place and gives the addresses back, once the pod object is gone. */
    void release(SandboxRecord record);
}
