// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.process.ProcessStatus;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.process.TcpSocket;
import dev.fairlead.kernel.process.TcpTable;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.status.PodObservation.Complaint;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pods as plain processes of this machine, each with an address out of 127/8 that it is told in {@code POD_IP} and has to
 * bind to by itself. One that listens on every address instead takes its port away from all other pods and Services, and
 * is found out by {@link Sandbox#inspect}.
 *
 * <p>Ports below {@code net.ipv4.ip_unprivileged_port_start} (1024 unless changed) are for privileged users here as everywhere: an
 * ordinary user's process gets EACCES from bind and tells so in its log, an actor that wants one throws BindException out
 * of its start and its container waits in {@code CreateContainerError}. Nothing maps such ports to others.
 */
public final class LoopbackNetwork implements PodNetwork {
    private final AddressPool pool;
    private final IpAddress node;
    private final Map<String, String> environment;

    /**
     * Addresses out of {@code block}.
     *
     * @param node the node's own address, for pods in the node's network
     * @param dns where the cluster's DNS answers, {@code 127.2.0.10:53}; given to pods as {@code FAIRLEAD_DNS}
     */
    public LoopbackNetwork(Cidr block, IpAddress node, String dns) {
        this.pool = new AddressPool(block, 1);
        this.node = node;
        this.environment = Map.of("FAIRLEAD_DNS", dns);
    }

    @Override
    public String name() {
        return "loopback";
    }

    @Override
    public SandboxRecord allocate(PodSpec pod) throws IOException {
        return new SandboxRecord(List.of(pod.hostNetwork() ? node : pool.take()), pod.hostNetwork(), 0, 0);
    }

    @Override
    public void reserve(SandboxRecord record) {
        record.addresses().forEach(pool::reserve);
    }

    @Override
    public Sandbox open(PodSpec pod, SandboxRecord record, List<Long> members, Consumer<SandboxRecord> save) {
        return new Place(record);
    }

    @Override
    public void release(SandboxRecord record) {
        record.addresses().forEach(pool::release);
    }

    private final class Place implements Sandbox {
        private final SandboxRecord record;
        /** Sockets of others, asked about once: finding out whose a socket is takes a walk through all processes. */
        private final Set<Long> foreign = ConcurrentHashMap.newKeySet();

        Place(SandboxRecord record) {
            this.record = record;
        }

        @Override
        public List<IpAddress> addresses() {
            return record.addresses();
        }

        @Override
        public Map<String, String> environment() {
            return environment;
        }

        @Override
        public boolean mounts() {
            return false;
        }

        @Override
        public Spawn placed(Spawn spawn) {
            return spawn;
        }

        @Override
        public SocketChannel socket() throws IOException {
            return SocketChannel.open();
        }

        @Override
        public Socket dial(int port) throws IOException {
            return new Socket(Inet.address(record.addresses().getFirst()), port);
        }

        @Override
        public long unaccepted(Set<Long> sessions) {
            InetAddress own = Inet.address(record.addresses().getFirst());
            return TcpTable.here().notAccepted(own::equals);
        }

        @Override
        public @Nullable Complaint inspect(Set<Long> sessions) {
            if (record.shared()) {
                return null;
            }
            TcpTable everywhere = new TcpTable(TcpTable.listening().sockets().stream()
                    .filter(socket -> socket.isWildcard() && !foreign.contains(socket.inode()))
                    .toList());
            if (everywhere.sockets().isEmpty()) {
                return null;
            }
            List<TcpSocket> own = everywhere.listenersOf(processes(sessions));
            everywhere.sockets().stream()
                    .filter(socket -> !own.contains(socket))
                    .forEach(socket -> foreign.add(socket.inode()));
            String ports = own.stream()
                    .map(socket -> Integer.toString(socket.local().getPort()))
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            return ports.isEmpty() ? null : complaint(ports);
        }

        private static Set<Long> processes(Set<Long> sessions) {
            return sessions.stream()
                    .flatMap(session -> ProcessStatus.session(session).stream())
                    .map(ProcessStatus::pid)
                    .collect(Collectors.toSet());
        }

        private Complaint complaint(String ports) {
            return new Complaint(
                    "ListensOnEveryAddress",
                    "the pod listens on every address of this machine (0.0.0.0 or ::), port " + ports
                            + ", and so takes it away from other pods and Services; make it bind to $POD_IP ("
                            + record.addresses().getFirst() + ") instead");
        }

        @Override
        public CompletableFuture<?> unheld() {
            return new CompletableFuture<>();
        }

        @Override
        public void hold(Consumer<SandboxRecord> save) {}

        @Override
        public void end() {}

        @Override
        public void close() {}
    }
}
