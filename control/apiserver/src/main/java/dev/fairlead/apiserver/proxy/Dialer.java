// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Connects to pods. */
public interface Dialer {
    /**
     * A connection to {@code to}, as the node's own.
     *
     * @throws IOException when there is none in due time
     */
    Socket dial(InetSocketAddress to) throws IOException, InterruptedException;
}
