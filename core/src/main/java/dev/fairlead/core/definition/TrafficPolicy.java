// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/** Which endpoints a class of traffic may reach. */
public enum TrafficPolicy {
    /** {@code Cluster}: all of them. */
    CLUSTER,
    /** {@code Local}: those on the node that the traffic meets first. */
    LOCAL;

    /** The policy of that name; Cluster when absent or unknown. */
    static TrafficPolicy read(String text) {
        return text.equals("Local") ? LOCAL : CLUSTER;
    }
}
