// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

/** Which hints narrowed the Cluster set. */
public enum Topology {
    /** None: every ready endpoint. */
    ANYWHERE("anywhere"),
    /** Every ready endpoint has zone hints, and some name this node's zone. */
    SAME_ZONE("same-zone"),
    /** Every ready endpoint has node hints, and some name this node. */
    SAME_NODE("same-node");

    private final String text;

    Topology(String text) {
        this.text = text;
    }

    /** A stable word for it. */
    public String text() {
        return text;
    }
}
