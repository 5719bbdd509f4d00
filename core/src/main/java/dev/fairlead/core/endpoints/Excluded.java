// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.ObjectName;

/** A pod that a Service selects and that is none of its endpoints, or not one that takes new traffic. */
public record Excluded(ObjectName pod, Reason reason, String detail) {
    /** Why. */
    public enum Reason {
        /** It has ended for good. */
        TERMINAL,
        /** It has no address of the family. */
        NO_ADDRESS,
        /** Its node is not known (yet); asked again later. */
        NODE_UNKNOWN,
        /** It is not ready. */
        NOT_READY,
        /** Its end was asked for. */
        TERMINATING,
        /** A named target port is none of its containers'. */
        PORT_UNRESOLVED
    }
}
