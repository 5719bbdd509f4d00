// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import com.sun.net.httpserver.HttpExchange;
import java.time.Duration;

/** One pod, and what can befall it. */
public interface TestPod {
    /** The name of the pod that an exchange came to; for handlers that play several. */
    static String of(HttpExchange exchange) {
        return String.valueOf(exchange.getHttpContext().getAttributes().get("fairlead.pod"));
    }

    /** Its name, without the namespace. */
    String name();

    /** Its namespace. */
    String namespace();

    /** Its address; waits until it has one. */
    String address();

    /** Whether its condition Ready is True now. */
    boolean isReady();

    /** It says that it is not ready, whatever its probes say, until {@link #ready}. Returns when no new connection goes to it. */
    TestPod unready();

    /** It is ready again, if its probes say so too. Returns when it is in rotation. */
    TestPod ready();

    /** Its containers end at once with exit code 137, connections are reset; they start again by the pod's restart policy. */
    TestPod kill();

    /**
     * Its containers end by themselves with that exit code, as programs do that are done or give up; connections are closed. The pod's
     * restart policy says what follows: they start again, after a back-off from the second time on, or the pod has {@code Succeeded} or {@code
     * Failed} and its sidecars are ended. Returns when the API says which.
     *
     * @param code from 0 to 255
     */
    TestPod exit(int code);

    /** It is deleted as anybody deletes a pod: out of rotation, preStop, SIGTERM, grace, gone. Returns at once. */
    TestPod terminate();

    /** As {@link #exit exit(0)}; returns when they have started again, which only the restart policy {@code Always} has them do. */
    TestPod restart();

    /** Each answer of it is this much later from now on, by the cluster's clock; zero ends that. */
    TestPod slow(Duration delay);

    /** Connections to it are reset from now on; see {@link #heal}. */
    TestPod resetConnections();

    /**
     * Connections to it are accepted and never answered from now on, and those that are open fall silent; they stay so, while
     * those that are made after {@link #heal} are served.
     */
    TestPod hang();

    /** Ends {@link #slow}, {@link #resetConnections} and {@link #hang}. */
    TestPod heal();

    /** Writes a line to its log. */
    TestPod log(String line);

    /** Its log so far, of all its containers. */
    String logs();

    /** How many requests (of a handler) or connections (of {@code servedAt}) it has answered. */
    long served();

    /** Waits until it is ready. */
    TestPod awaitReady();

    /** Waits until it is gone. */
    void awaitGone();
}
