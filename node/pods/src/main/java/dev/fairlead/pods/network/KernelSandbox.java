// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.status.PodObservation.Complaint;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pod's namespaces; of a pod in the node's own network, only its mounts. */
final class KernelSandbox implements Sandbox {
    private final KernelNetwork network;
    private final SandboxRecord record;
    private final Namespace namespace;
    private final @Nullable Child holder;
    private final PodFiles files;
    private boolean ended;

    KernelSandbox(
            KernelNetwork network, SandboxRecord record, Namespace namespace, @Nullable Child holder, PodFiles files) {
        this.network = network;
        this.record = record;
        this.namespace = namespace;
        this.holder = holder;
        this.files = files;
    }

    @Override
    public List<IpAddress> addresses() {
        return record.addresses();
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Spawn placed(Spawn spawn) {
        Spawn placed = spawn.withNetwork(namespace).withMounts(files.mounts());
        return record.shared() ? placed : placed.withHostname(files.hostname());
    }

    @Override
    public SocketChannel socket() throws IOException {
        return network.node().call(SocketChannel::open);
    }

    @Override
    public int unaccepted(Set<Long> sessions) {
        if (holder == null) {
            return 0; // the node's own sockets are not told apart
        }
        return SocketTable.read(Path.of("/proc", Long.toString(holder.pid()), "net")).stream()
                .mapToInt(entry -> entry.halfOpen() ? 1 : entry.listening() ? (int) entry.queued() : 0)
                .sum();
    }

    @Override
    public @Nullable Complaint inspect(Set<Long> sessions) {
        return null; // every address of the namespace is the pod's own
    }

    @Override
    public synchronized void end() {
        if (!ended && holder != null) {
            ended = true;
            network.cut(record);
            holder.signalGroup(Signal.KILL);
        }
    }

    @Override
    public void close() {
        if (holder != null) {
            namespace.close();
        }
    }
}
