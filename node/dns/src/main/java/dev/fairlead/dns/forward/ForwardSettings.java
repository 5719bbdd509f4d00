// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.DnsName;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Who is asked for the names of others.
 *
 * @param upstreams asked in this order; with none such names are refused
 * @param stubs domains that have resolvers of their own; the longest that fits counts
 * @param timeout of one attempt at one resolver
 * @param concurrent how many questions may be under way
 * @param stale for how long after its time a reply is given when nobody answers; zero: never
 * @param parallel whether all that are up are asked at once, and the first to answer counts; else one after the other
 * @param mixedCase whether letters of a question are made capitals by chance, as one more thing that a forger has to guess
 */
public record ForwardSettings(
        List<InetSocketAddress> upstreams,
        Map<DnsName, List<InetSocketAddress>> stubs,
        Duration timeout,
        int concurrent,
        Duration stale,
        boolean parallel,
        boolean mixedCase) {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration USUAL_STALE = Duration.ofHours(1);
    private static final int USUAL_CONCURRENT = 1000;

    /** Keeps the lists as they are. */
    public ForwardSettings {
        upstreams = List.copyOf(upstreams);
        stubs = Map.copyOf(stubs);
    }

    /** The usual, with these resolvers. */
    public static ForwardSettings of(List<InetSocketAddress> upstreams) {
        return new ForwardSettings(upstreams, Map.of(), USUAL_TIMEOUT, USUAL_CONCURRENT, USUAL_STALE, false, false);
    }

    /** The same with domains that have resolvers of their own. */
    public ForwardSettings withStubs(Map<DnsName, List<InetSocketAddress>> domains) {
        return new ForwardSettings(upstreams, domains, timeout, concurrent, stale, parallel, mixedCase);
    }

    /** The same with another timeout. */
    public ForwardSettings withTimeout(Duration each) {
        return new ForwardSettings(upstreams, stubs, each, concurrent, stale, parallel, mixedCase);
    }

    /** The same with room for {@code count} questions at a time. */
    public ForwardSettings withConcurrent(int count) {
        return new ForwardSettings(upstreams, stubs, timeout, count, stale, parallel, mixedCase);
    }

    /** The same, giving replies for so long after their time. */
    public ForwardSettings withStale(Duration how) {
        return new ForwardSettings(upstreams, stubs, timeout, concurrent, how, parallel, mixedCase);
    }

    /** The same, asking all at once. */
    public ForwardSettings withParallel(boolean all) {
        return new ForwardSettings(upstreams, stubs, timeout, concurrent, stale, all, mixedCase);
    }

    /** The same with letters mixed by chance. */
    public ForwardSettings withMixedCase(boolean mixed) {
        return new ForwardSettings(upstreams, stubs, timeout, concurrent, stale, parallel, mixed);
    }
}
