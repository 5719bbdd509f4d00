// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;

/**
 * Where a frontend leads.
 *
 * @param node where it runs; empty when unknown
 * @param pod the pod behind it, {@code namespace/name}; empty when it is none
 * @param terminating whether it is on its way out and taken only because no other is left
 */
public record Backend(IpAddress address, int port, String node, String pod, boolean terminating)
        implements Comparable<Backend> {
    @Override
    public int compareTo(Backend other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        String at = address.toString().indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
        return at + (pod.isEmpty() ? "" : " " + pod) + (terminating ? " (terminating)" : "");
    }
}
