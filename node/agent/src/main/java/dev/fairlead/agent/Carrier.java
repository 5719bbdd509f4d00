// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.kernel.Probe;
import java.util.Locale;
import java.util.Optional;

/** Which data plane carries a node's Services. */
public enum Carrier {
    /** The relay, a part of this process: everywhere. */
    RELAY,
    /** The kernel's nftables: where the node has a network namespace and CAP_NET_ADMIN in it. */
    NFTABLES,
    /**
     * The same, and above it programs at the sockets of pods, which connect to endpoints straight away: where processes may be
     * put into a cgroup, with CAP_BPF.
     */
    SOCKETS,
    /** The same where the machine lets us, else the kernel's nftables alone. */
    SOCKETS_IF_POSSIBLE;

    /** What it comes to on this machine. */
    Carrier here() {
        return this != SOCKETS_IF_POSSIBLE ? this : Probe.socketHooks().possible() ? SOCKETS : NFTABLES;
    }

    /** Whether sockets are asked before packets are. */
    public boolean socketsFirst() {
        return this == SOCKETS || this == SOCKETS_IF_POSSIBLE;
    }

    /** The carrier of a word. */
    public static Optional<Carrier> parse(String text) {
        for (Carrier carrier : values()) {
            if (carrier.text().equals(text)) {
                return Optional.of(carrier);
            }
        }
        return Optional.empty();
    }

    /** Its word. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
