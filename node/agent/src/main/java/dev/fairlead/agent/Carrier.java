// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import java.util.Locale;
import java.util.Optional;

/** Which data plane carries a node's Services. */
public enum Carrier {
    /** The relay, a part of this process: everywhere. */
    RELAY,
    /** The kernel's nftables: where the node has a network namespace and CAP_NET_ADMIN in it. */
    NFTABLES;

    /** The carrier of a word on the command line. */
    public static Optional<Carrier> parse(String text) {
        for (Carrier carrier : values()) {
            if (carrier.text().equals(text)) {
                return Optional.of(carrier);
            }
        }
        return Optional.empty();
    }

    /** Its word on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
