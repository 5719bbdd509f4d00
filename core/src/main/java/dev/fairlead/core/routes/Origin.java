// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

/** Where the client of a new connection stands, as far as routes care. */
public enum Origin {
    /** This node itself: one of its own addresses, or a Service's address that it used as its source. */
    NODE,
    /** A pod of this node, or of those ranges that are said to be pods: {@link Settings#podCidrs()}, {@link Settings#podLinks()}. */
    POD,
    /** Another node, its pods, the world outside. */
    ELSEWHERE
}
