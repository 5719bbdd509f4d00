// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.conntrack;

import java.net.InetSocketAddress;

/**
 * A tracked connection of TCP, UDP or SCTP: what the client sent, and how answers come back. Where the second is not the
 * first turned around, addresses were translated.
 *
 * @param protocol IPPROTO_*
 * @param client who sent the first packet
 * @param asked where to
 * @param answerer who answers
 * @param answered to whom
 */
public record Flow(
        int protocol,
        InetSocketAddress client,
        InetSocketAddress asked,
        InetSocketAddress answerer,
        InetSocketAddress answered) {
    /** Whether the packets go elsewhere than the client asked. */
    public boolean redirected() {
        return !asked.equals(answerer);
    }

    /** Whether the answerer sees another address than the client's; ports may change without that. */
    public boolean masqueraded() {
        return !client.getAddress().equals(answered.getAddress());
    }
}
