// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.io.IOException;

/** Who deals with the reports about one socket. */
interface Handler {
    /** Does what {@code events} (a sum of the constants of Sockets) make possible. */
    void ready(int events) throws IOException;

    /** Frees the socket; its loop ends. */
    void end();
}
