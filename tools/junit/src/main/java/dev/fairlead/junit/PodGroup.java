// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import com.sun.net.httpserver.HttpHandler;
import java.nio.charset.StandardCharsets;

/**
 * Who plays the pods of a selector, those that are there and those to come. What is said last counts. A pod that nobody was
 * named for is played by nobody: it is an object, gets an address, is ready, and serves nothing.
 */
public interface PodGroup {
    /**
     * A handler of this JVM serves HTTP at the pods' addresses, on each port the pod's containers declare, or else each that a
     * Service aims at it, be it made before or after the pod. Probes ask the handler as they would ask a process. Many threads may call it at once; which pod is
     * asked says {@link TestPod#of}.
     */
    PodGroup serveHttp(HttpHandler handler);

    /** The same on one port only. */
    PodGroup serveHttp(int port, HttpHandler handler);

    /** Each request is answered with 200 and {@code text}. */
    default PodGroup serveText(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return serveHttp(exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
                exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    /** A server the test already runs answers for the pods: connections to their ports are passed on to it. */
    PodGroup servedAt(int localPort);

    /** The same for one port of the pods. */
    PodGroup servedAt(int port, int localPort);

    /** Their containers' commands run as processes of this machine. */
    PodGroup run();

    /** They are objects only. */
    PodGroup nobody();
}
