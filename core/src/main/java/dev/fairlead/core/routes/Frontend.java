// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Protocol;

/** Where clients of a Service port come in. */
public sealed interface Frontend {
    /** The transport protocol. */
    Protocol protocol();

    /** The port, 1 to 65535. */
    int port();

    /** The family of addresses it is reached at. */
    IpFamily family();

    /** What sort of virtual address a frontend has: which traffic policy holds for it. */
    enum Kind {
        /** The Service's own address: internal traffic. */
        CLUSTER_IP,
        /** An address that the outside routes to nodes. */
        EXTERNAL_IP,
        /** An address that a load balancer gave. */
        LOAD_BALANCER
    }

    /** A virtual address. */
    record Virtual(Kind kind, IpAddress address, Protocol protocol, int port) implements Frontend {
        @Override
        public IpFamily family() {
            return address.family();
        }

        @Override
        public String toString() {
            return address + " " + port + "/" + protocol;
        }
    }

    /** A port on the node's own addresses of one family. */
    record NodePort(IpFamily family, Protocol protocol, int port) implements Frontend {
        @Override
        public String toString() {
            return "node " + family.text() + " " + port + "/" + protocol;
        }
    }
}
