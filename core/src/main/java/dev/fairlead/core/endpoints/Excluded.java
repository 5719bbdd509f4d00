// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.ObjectName;

/**
 * A pod that a Service selects and that is none of its endpoints, or not one that takes new traffic at every port. A pod
 * may have several reasons, and in a dual-stack Service a reason may concern one family only: its detail says so.
 *
 * @param detail a part of a sentence about the pod, which it calls {@code it}
 */
public record Excluded(ObjectName pod, Reason reason, String detail) {
    /** Why. */
    public enum Reason {
        /** It has ended for good: not an endpoint. */
        TERMINAL,
        /** It has no address of the family: not an endpoint of that family. */
        NO_ADDRESS,
        /** Its node is not known (yet): not an endpoint; asked again later. */
        NODE_UNKNOWN,
        /** It is not ready: an endpoint without new traffic. */
        NOT_READY,
        /** Its end was asked for: an endpoint of last resort, as long as it is Ready. */
        TERMINATING,
        /** A named target port is none of its containers': an endpoint of the other ports. */
        PORT_UNRESOLVED
    }
}
