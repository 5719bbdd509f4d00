// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

/** A frontend's open socket. */
interface Listener extends Handler {
    /** Flows to endpoints that the upstream has no longer end. */
    void refresh();

    /** Flows that had no datagram since {@code nanos} end. */
    void expire(long nanos);
}
