// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.status.PodObservation.Complaint;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One pod's place on the network, shared by its containers. */
public interface Sandbox extends AutoCloseable {
    /** The pod's addresses, primary first. */
    List<IpAddress> addresses();

    /** Variables that only this network needs: how to reach DNS where resolv.conf cannot say it. */
    Map<String, String> environment();

    /** Whether processes have mounts of their own here, so that volumes can be shown to them. */
    boolean mounts();

    /** Puts a process to be started into this place. */
    Spawn placed(Spawn spawn);

    /** An unconnected TCP socket from which the pod can be reached as its node reaches it. */
    SocketChannel socket() throws IOException;

    /**
     * A connection to a port as the pod's own processes make it to {@code localhost}; where the pod has none of its own, to its
     * address.
     *
     * @throws IOException when nobody listens there
     */
    Socket dial(int port) throws IOException;

    /**
     * How many connections to the pod's listening sockets are still waiting to be accepted or half open; the sessions
     * are those of the pod's processes.
     */
    long unaccepted(Set<Long> sessions);

    /** What is wrong with the way the pod's processes use the network, or null. */
    @Nullable
    Complaint inspect(Set<Long> sessions);

    /**
     * Completes when the process that holds the place for the next life has ended, also when {@link #end} has ended it;
     * never where there is none.
     */
    CompletableFuture<?> unheld();

    /**
     * Has another process hold the place.
     *
     * @param save called with the changed record
     */
    void hold(Consumer<SandboxRecord> save) throws IOException;

    /** Unmakes the place, for good; the addresses stay taken until {@link PodNetwork#release}. */
    void end();

    /** Lets go of what this process holds of it; the place stays. */
    @Override
    void close();
}
