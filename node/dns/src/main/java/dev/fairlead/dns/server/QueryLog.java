// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** Tells one of so many queries, one line each. */
final class QueryLog {
    private static final System.Logger LOG = System.getLogger("dev.fairlead.dns.query");

    private final int every;
    private final AtomicLong count = new AtomicLong();

    /**
     * Tells of queries.
     *
     * @param every one of so many; 0 for none
     */
    QueryLog(int every) {
        this.every = every;
    }

    void tell(Desk.Asked asked, byte[] answer, long nanos) {
        if (every > 0 && count.getAndIncrement() % every == 0) {
            InetSocketAddress from = asked.from();
            LOG.log(
                    Level.INFO,
                    "{0}:{1,number,#} {2} {3} type {4,number,#}: code {5}, {6,number,#} bytes, {7,number,#} us",
                    from.getAddress().getHostAddress(),
                    from.getPort(),
                    asked.transport().text(),
                    asked.query().name(),
                    asked.query().type(),
                    answer.length > 3 ? answer[3] & 0xf : 0,
                    answer.length,
                    nanos / 1000);
        }
    }
}
