// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

/** One reason of a verdict; {@code word} is stable, {@code detail} is for people. */
public record Because(Word word, String detail) {
    /** The reasons there are. */
    public enum Word {
        /** What it came in by. */
        ENTRANCE,
        /** Other Services claim the same frontend, and wait. */
        CONTENDED,
        /** The address is a clusterIP, but no Service port has that number and protocol. */
        UNKNOWN_PORT,
        /** The address is in a Service range, but no Service's. */
        UNUSED_SERVICE_ADDRESS,
        /** No Service is reached there. */
        NO_SERVICE,
        /** It is a node port, but this address of the node does not accept them. */
        NODE_PORTS_ELSEWHERE,
        /** The node itself answers: a health check's port. */
        HEALTH_CHECK,
        /** Nobody in the cluster could serve. */
        NO_ENDPOINTS,
        /** Others could serve, but policy Local forbids. */
        NO_LOCAL_ENDPOINTS,
        /** The client is in none of the source ranges. */
        SOURCE_NOT_ALLOWED,
        /** Only endpoints of this node. */
        POLICY_LOCAL,
        /** Policy Local does not bind this node and its pods. */
        SHORT_CIRCUIT,
        /** Hints narrowed the choice. */
        TOPOLOGY,
        /** Nothing is ready; those that end and still answer serve. */
        ONLY_TERMINATING,
        /** A client stays with its endpoint. */
        AFFINITY,
        /** The endpoint sees this node's address. */
        MASQUERADE,
        /** A client may meet itself. */
        HAIRPIN
    }
}
