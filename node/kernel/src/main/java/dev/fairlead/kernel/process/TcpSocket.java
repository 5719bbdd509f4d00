// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.process;

import java.net.InetSocketAddress;

/**
 * A socket of a {@link TcpTable}.
 *
 * @param remote 0.0.0.0:0 or [::]:0 for a listener
 * @param receiveQueue bytes not read yet; for a listener the number of connections not accepted yet
 * @param sendQueue bytes not acknowledged by the peer yet
 * @param inode identity of the socket, as in {@code /proc/pid/fd}; 0 while it belongs to no process (half-open, TIME_WAIT)
 */
public record TcpSocket(
        InetSocketAddress local, InetSocketAddress remote, State state, long receiveQueue, long sendQueue, long inode) {

    /** The states of a connection; the numbers are those of net/tcp_states.h. */
    public enum State {
        ESTABLISHED(1),
        SYN_SENT(2),
        SYN_RECV(3),
        FIN_WAIT1(4),
        FIN_WAIT2(5),
        TIME_WAIT(6),
        CLOSE(7),
        CLOSE_WAIT(8),
        LAST_ACK(9),
        LISTEN(10),
        CLOSING(11),
        OTHER(0);

        private final int number;

        State(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static State of(int number) {
            // a half-open connection, TCP_NEW_SYN_RECV inside the kernel, is told as SYN_RECV
            for (State state : values()) {
                if (state.number == number) {
                    return state;
                }
            }
            return OTHER;
        }
    }

    /** Bound to no particular address; on IPv6's wildcard usually for IPv4 too. */
    public boolean isWildcard() {
        return local.getAddress().isAnyLocalAddress();
    }
}
