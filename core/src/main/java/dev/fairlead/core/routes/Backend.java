// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection can end.
 *
 * @param port 1 to 65535
 * @param node the name of the node it runs on; empty when unknown
 * @param local whether that is this node
 * @param ready whether it takes new traffic
 * @param serving whether it answers, even while it terminates
 * @param terminating whether its end was asked for
 * @param pod the pod behind it, or null when it is no pod
 */
public record Backend(
        IpAddress address,
        int port,
        String node,
        boolean local,
        boolean ready,
        boolean serving,
        boolean terminating,
        @Nullable ObjectName pod)
        implements Comparable<Backend> {
    /** Whether it may carry new traffic when nothing is ready: it ends, and still answers. */
    public boolean lastResort() {
        return serving && terminating;
    }

    /** By address and port; no two of a route are the same in both. */
    @Override
    public int compareTo(Backend other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    /** Address and port, with the conditions that matter: {@code 10.244.0.7:8080 local terminating}. */
    @Override
    public String toString() {
        return (address.family() == IpFamily.IPV6 ? "[" + address + "]" : address)
                + ":"
                + port
                + (local ? " local" : "")
                + (ready ? "" : serving ? " serving" : " unready")
                + (terminating ? " terminating" : "");
    }
}
