// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Work;
import dev.fairlead.kernel.namespace.Namespace;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where processes wait for clients: their listening TCP sockets, and their UDP sockets that are bound and have no peer.
 */
public record OpenPorts(List<InetSocketAddress> tcp, List<InetSocketAddress> udp) {
    /** Of nobody. */
    public static final OpenPorts NONE = new OpenPorts(List.of(), List.of());

    /**
     * Of processes that share a network namespace; those that have ended meanwhile have none.
     *
     * @throws KernelException when the tables cannot be read
     */
    public static OpenPorts of(Set<Long> pids) {
        for (long pid : pids) {
            if (ProcessStatus.of(pid).filter(process -> !process.isZombie()).isPresent()) {
                Set<Long> inodes = TcpTable.socketInodes(pids);
                return near(
                        pid,
                        () -> new OpenPorts(
                                open(TcpTable.listening().sockets(), inodes),
                                open(SocketList.here(SocketList.UDP, EnumSet.of(TcpSocket.State.CLOSE)), inodes)));
            }
        }
        return NONE;
    }

    /** In the network namespace of a process: to enter one takes a privilege, to be there already takes none. */
    private static <T> T near(long pid, Work<T, RuntimeException> work) {
        try (Namespace there = Namespace.ofProcess(pid);
                Namespace here = Namespace.own()) {
            return there.identity().equals(here.identity()) ? work.run() : there.call(work);
        }
    }

    /** UDP sockets without a peer are in the state that TCP calls CLOSE. */
    private static List<InetSocketAddress> open(List<TcpSocket> sockets, Set<Long> inodes) {
        return sockets.stream()
                .filter(socket -> inodes.contains(socket.inode()))
                .map(TcpSocket::local)
                .toList();
    }
}
