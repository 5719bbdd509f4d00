// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import java.time.Duration;

/**
 * The bounds of one loop.
 *
 * @param sessions how many connections and flows there may be at a time; more wait in the accept queue
 * @param connect how long an endpoint may take to accept a connection before another is tried
 * @param idleFlow how long a flow of datagrams lives without any; 120 s as conntrack's udp_timeout_stream
 */
public record Limits(int sessions, Duration connect, Duration idleFlow) {
    /** What suits one node. */
    public static final Limits USUAL = new Limits(100_000, Duration.ofSeconds(2), Duration.ofSeconds(120));
}
