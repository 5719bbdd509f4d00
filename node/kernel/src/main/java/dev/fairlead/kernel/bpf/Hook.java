// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.bpf;

import java.util.Locale;

/**
 * Where a program runs ({@code enum bpf_attach_type}). The first are hooks of a cgroup, but for {@link #RELEASE} with a {@code
 * struct bpf_sock_addr} as their context; the last two are hooks of a network interface. An IPv6 socket that talks IPv4 (addresses of ::ffff:0:0/96) comes by the hooks of IPv6, but sends
 * datagrams by {@link #SENDMSG4}.
 */
public enum Hook {
    /** A socket connects; the result 0 refuses it. */
    CONNECT4(10),
    CONNECT6(11),
    /** A datagram with an address is sent; the result 0 refuses it. */
    SENDMSG4(14),
    SENDMSG6(15),
    /** A datagram's sender is told; the result must be 1, as with {@link #GETPEERNAME4}. */
    RECVMSG4(19),
    RECVMSG6(20),
    /** A process asks whom it is connected to; Linux 5.8. */
    GETPEERNAME4(29),
    GETPEERNAME6(30),
    /** A socket is closed; the context is a {@code struct bpf_sock}, the result must be 1. Linux 5.9. */
    RELEASE(34, 9),
    /**
     * A packet comes in at an interface; the context is a {@code struct __sk_buff}. The result says what becomes of it: -1 what the
     * next program says, 0 go on, 2 drop ({@code enum tcx_action_base}). Linux 6.6.
     */
    TCX_INGRESS(46, 3),
    /** A packet leaves by an interface; the same. */
    TCX_EGRESS(47, 3);

    private static final int SOCKET_ADDRESS = 18;

    private final int number;
    private final int kind;

    Hook(int number, int kind) {
        this.number = number;
        this.kind = kind;
    }

    Hook(int number) {
        this(number, SOCKET_ADDRESS);
    }

    /** {@code enum bpf_prog_type}. */
    int kind() {
        return kind;
    }

    int number() {
        return number;
    }

    /** Lower case: {@code connect4}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
