// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.socket;

/**
 * Options of sockets whose value is an int. Sources: {@code asm-generic/socket.h}, {@code linux/in.h},
 * {@code linux/in6.h}, {@code linux/tcp.h}, {@code linux/udp.h}.
 */
public enum SocketOption {
    REUSEADDR(1, 2),
    ERROR(1, 4),
    SNDBUF(1, 7),
    RCVBUF(1, 8),
    KEEPALIVE(1, 9),
    REUSEPORT(1, 15),
    /** Needs CAP_NET_ADMIN. */
    MARK(1, 36),
    /** Busy-poll time in microseconds. */
    BUSY_POLL(1, 46),
    INCOMING_CPU(1, 49),
    NODELAY(6, 1),
    DEFER_ACCEPT(6, 9),
    QUICKACK(6, 12),
    USER_TIMEOUT(6, 18),
    /** Binding to and sending from addresses that are not this machine's; needs CAP_NET_ADMIN. */
    TRANSPARENT_V4(0, 19),
    FREEBIND_V4(0, 15),
    /** The port is chosen at connect, by the whole 4-tuple. */
    BIND_ADDRESS_NO_PORT(0, 24),
    PKTINFO_V4(0, 8),
    TRANSPARENT_V6(41, 75),
    FREEBIND_V6(41, 78),
    PKTINFO_V6(41, 49),
    V6ONLY(41, 26);

    private final int level;
    private final int number;

    SocketOption(int level, int number) {
        this.level = level;
        this.number = number;
    }

    int level() {
        return level;
    }

    int number() {
        return number;
    }
}
