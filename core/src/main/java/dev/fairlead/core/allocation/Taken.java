// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;

/** What is reserved in the cluster, as of one moment. Both questions must be cheap: they may be asked for many values. */
public interface Taken {
    /** Whether some object holds this ClusterIP. */
    boolean address(IpAddress address);

    /** Whether some Service holds this node port, for whatever protocol. */
    boolean nodePort(int port);
}
