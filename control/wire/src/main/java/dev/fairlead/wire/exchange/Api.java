// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.exchange;

import java.io.IOException;

/**
 * The one door to a Kubernetes API: a request goes in, a reply comes out, the same bytes whether the server stands in
 * this process or at the other end of a TLS connection. Calls block; use a virtual thread for each.
 */
public interface Api {
    /**
     * Sends {@code request} and waits for the reply's status and headers, and for its body unless it is
     * {@link Reply.Streamed}.
     *
     * @throws IOException when no reply came (connection refused, broken or closed); an HTTP error is a reply
     * @throws InterruptedException when the calling thread was interrupted while it waited
     */
    Reply call(Request request) throws IOException, InterruptedException;
}
