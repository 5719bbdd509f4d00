// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import com.sun.net.httpserver.HttpHandler;

/** How a pod is played. A port of 0 means each that the pod has. */
public sealed interface Part {
    /** The pod's port it is about; 0 for all. */
    default int port() {
        return 0;
    }

    /** A handler of the test answers HTTP. */
    record Handler(int port, HttpHandler handler) implements Part {}

    /** A server of the test answers, at a port of this machine's. */
    record Server(int port, int localPort) implements Part {}

    /** Its command runs as a process. */
    record Command() implements Part {}

    /** Nobody answers. */
    record Nobody() implements Part {}
}
