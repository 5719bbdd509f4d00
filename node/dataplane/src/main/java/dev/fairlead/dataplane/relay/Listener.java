// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.io.IOException;

/** A frontend's open socket. */
interface Listener extends Handler {
    /** Those come in that the upstream admits now; flows to endpoints that it has no longer end. */
    void refresh() throws IOException;

    /** Flows that had no datagram since {@code nanos} end. */
    void expire(long nanos);
}
