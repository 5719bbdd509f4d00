// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The TCP sockets of one network namespace at one moment, but those in TIME_WAIT, which wait for stragglers and say nothing.
 *
 * <p>All of them cost the kernel a walk over its table of sockets, some milliseconds: for questions asked now and then (before
 * a pod gets SIGTERM), not for each connection.
 */
public record TcpTable(List<TcpSocket> sockets) {
    private static final String SOCKET_LINK = "socket:[";
    private static final Set<TcpSocket.State> ALIVE =
            EnumSet.complementOf(EnumSet.of(TcpSocket.State.TIME_WAIT, TcpSocket.State.OTHER));

    public TcpTable {
        sockets = List.copyOf(sockets);
    }

    /** Of a namespace. */
    public static TcpTable of(Namespace namespace) {
        return namespace.call(TcpTable::here);
    }

    /**
     * Of the calling thread's namespace.
     *
     * @throws KernelException ENOENT on a system that is not Linux
     */
    public static TcpTable here() {
        return new TcpTable(SocketList.here(SocketList.TCP, ALIVE));
    }

    /** The listeners alone of the calling thread's namespace, which cost microseconds. */
    public static TcpTable listening() {
        return new TcpTable(SocketList.here(SocketList.TCP, EnumSet.of(TcpSocket.State.LISTEN)));
    }

    public List<TcpSocket> listeners() {
        return in(TcpSocket.State.LISTEN);
    }

    private List<TcpSocket> in(TcpSocket.State state) {
        return sockets.stream().filter(socket -> socket.state() == state).toList();
    }

    /**
     * Connections that nobody has accepted yet, in the accept queues of listeners or half-open.
     *
     * @param which the local addresses meant; a listener on every address has the wildcard one
     */
    public long notAccepted(Predicate<InetAddress> which) {
        List<TcpSocket> local = sockets.stream()
                .filter(socket -> which.test(socket.local().getAddress()))
                .toList();
        TcpTable chosen = new TcpTable(local);
        return chosen.listeners().stream().mapToLong(TcpSocket::receiveQueue).sum()
                + chosen.in(TcpSocket.State.SYN_RECV).size();
    }

    /** Connections with bytes, or an end, that the peer has not acknowledged yet; their process may be long gone. */
    public long notAcknowledged() {
        return sockets.stream()
                .filter(socket -> socket.state() != TcpSocket.State.LISTEN && socket.sendQueue() > 0)
                .count();
    }

    /**
     * The listeners that belong to one of these processes. The processes are read now: one that has ended has none.
     *
     * @param pids for a pod, those of {@link ProcessStatus#session}
     */
    public List<TcpSocket> listenersOf(Set<Long> pids) {
        Set<Long> inodes = socketInodes(pids);
        return listeners().stream()
                .filter(listener -> inodes.contains(listener.inode()))
                .toList();
    }

    static Set<Long> socketInodes(Set<Long> pids) {
        Set<Long> inodes = new HashSet<>();
        pids.forEach(pid -> inodes.addAll(socketInodes(pid)));
        return inodes;
    }

    private static List<Long> socketInodes(long pid) {
        List<Long> inodes = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                String target = link(descriptor);
                if (target.startsWith(SOCKET_LINK)) {
                    inodes.add(Long.valueOf(target.substring(SOCKET_LINK.length(), target.length() - 1)));
                }
            }
        } catch (IOException _) {
            // the process has ended, or is not ours to look at
        }
        return inodes;
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException _) {
            return ""; // closed meanwhile
        }
    }
}
