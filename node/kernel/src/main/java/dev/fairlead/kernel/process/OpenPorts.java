// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import dev.fairlead.kernel.KernelException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Where processes wait for clients: their listening TCP sockets, and their UDP sockets that are bound and have no peer
 * (proc_net_tcp.txt; the kernel prints UDP's in the same form). Reading costs a walk over all sockets of the namespace.
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
            Path net = Path.of("/proc", Long.toString(pid), "net");
            if (ProcessStatus.of(pid).filter(process -> !process.isZombie()).isPresent()) {
                Set<Long> inodes = TcpTable.socketInodes(pids);
                return new OpenPorts(
                        open(TcpTable.read(net, "tcp"), TcpSocket.State.LISTEN, inodes),
                        open(TcpTable.read(net, "udp"), TcpSocket.State.CLOSE, inodes));
            }
        }
        return NONE;
    }

    /** UDP sockets without a peer are printed in the state that TCP calls CLOSE. */
    private static List<InetSocketAddress> open(List<TcpSocket> sockets, TcpSocket.State state, Set<Long> inodes) {
        return sockets.stream()
                .filter(socket -> socket.state() == state && inodes.contains(socket.inode()))
                .map(TcpSocket::local)
                .toList();
    }
}
