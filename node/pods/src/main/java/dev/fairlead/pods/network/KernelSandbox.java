// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.process.TcpTable;
import dev.fairlead.pods.status.PodObservation.Complaint;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pod's namespaces; of a pod in the node's own network, only its mounts. */
final class KernelSandbox implements Sandbox {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int LOOKS = 25;
    private static final List<InetAddress> LOCALHOST =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
    private static final int PATIENCE_MILLIS = 10_000;

    private final KernelNetwork network;
    private final String uid;
    private final Namespace namespace;
    private SandboxRecord record;
    private @Nullable Child holder;
    private final PodFiles files;
    private boolean ended;

    KernelSandbox(
            KernelNetwork network,
            String uid,
            SandboxRecord record,
            Namespace namespace,
            @Nullable Child holder,
            PodFiles files) {
        this.network = network;
        this.uid = uid;
        this.record = record;
        this.namespace = namespace;
        this.holder = holder;
        this.files = files;
    }

    @Override
    public synchronized List<IpAddress> addresses() {
        return record.addresses();
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public boolean mounts() {
        return true;
    }

    @Override
    public synchronized Spawn placed(Spawn spawn) {
        List<BindMount> mounts = new ArrayList<>(files.mounts());
        mounts.addAll(spawn.mounts());
        Spawn placed = spawn.withNetwork(namespace).withMounts(mounts);
        return record.shared() ? placed : placed.withHostname(files.hostname());
    }

    @Override
    public SocketChannel socket() throws IOException {
        return network.node().call(SocketChannel::open);
    }

    /** Also what listens on one of the pod's own addresses alone is heard. */
    @Override
    public Socket dial(int port) throws IOException {
        List<InetAddress> places = new ArrayList<>(LOCALHOST);
        addresses().forEach(address -> places.add(Inet.address(address)));
        IOException first = null;
        for (InetAddress place : places) {
            SocketChannel channel = namespace.call(() -> SocketChannel.open(family(place)));
            try {
                channel.socket().connect(new InetSocketAddress(place, port), PATIENCE_MILLIS);
                return channel.socket();
            } catch (IOException refused) {
                channel.close();
                first = first == null ? refused : first;
            }
        }
        throw new IOException(
                "connect to localhost:" + port + " in the pod: " + (first == null ? "" : first.getMessage()), first);
    }

    private static ProtocolFamily family(InetAddress address) {
        return address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    @Override
    public synchronized long unaccepted(Set<Long> sessions) {
        // the node's own sockets are not told apart
        return holder == null ? 0 : TcpTable.of(namespace).notAccepted(address -> true);
    }

    @Override
    public @Nullable Complaint inspect(Set<Long> sessions) {
        return null; // every address of the namespace is the pod's own
    }

    @Override
    public synchronized CompletableFuture<?> unheld() {
        return holder == null ? new CompletableFuture<>() : holder.exit();
    }

    @Override
    public synchronized void hold(Consumer<SandboxRecord> save) {
        if (ended || holder == null) {
            return;
        }
        holder = KernelNetwork.holder(uid, namespace);
        record = record.heldBy(holder.pid(), holder.startTime());
        save.accept(record);
    }

    @Override
    public synchronized void end() {
        if (!ended && holder != null) {
            ended = true;
            awaitLastWords();
            network.cut(record);
            holder.signalGroup(Signal.KILL);
        }
    }

    /**
     * What the processes sent last may still be on its way when they are gone, and a cable that is cut takes it along: the
     * client of a server that answered and ended in order would wait for ever.
     */
    private void awaitLastWords() {
        for (int look = 0; look < LOOKS; look++) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            if (TcpTable.of(namespace).notAcknowledged() == 0) {
                return;
            }
        }
    }

    @Override
    public synchronized void close() {
        if (holder != null) {
            namespace.close();
        }
    }
}
