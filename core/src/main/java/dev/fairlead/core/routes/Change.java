// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;

/** One thing that became otherwise, as a node's table is told. */
public sealed interface Change {
    /** A Service is new or changed. */
    record ServicePut(Service service) implements Change {}

    /** A Service is gone. */
    record ServiceGone(ObjectName service) implements Change {}

    /**
     * A slice is new or changed.
     *
     * @param before the Service it belonged to until now, when that was another; else the same
     */
    record SlicePut(EndpointSlice slice, ObjectName before) implements Change {
        /** A slice that stays with its Service. */
        public SlicePut(EndpointSlice slice) {
            this(slice, slice.service());
        }
    }

    /** A slice is gone. */
    record SliceGone(ObjectName service, String slice) implements Change {}

    /** This node changed: its zone decides who is near. */
    record NodePut(Node node) implements Change {}
}
