// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Optional;

/** The transport protocols of Service ports; the constant's name is the wire form. */
public enum Protocol {
    /** Transmission Control Protocol, RFC 9293. */
    TCP,
    /** User Datagram Protocol, RFC 768. */
    UDP,
    /** Stream Control Transmission Protocol, RFC 9260. */
    SCTP;

    /** The protocol of that name, upper case. */
    public static Optional<Protocol> parse(String text) {
        for (Protocol protocol : values()) {
            if (protocol.name().equals(text)) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }

    /** The protocol of that name; TCP when absent or unknown (validation has refused the unknown before). */
    static Protocol read(Tree tree) {
        return parse(tree.text("protocol", "TCP")).orElse(TCP);
    }
}
