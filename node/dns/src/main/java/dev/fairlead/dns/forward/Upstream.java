// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.Bailiwick;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MalformedException;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One resolver that is asked, and how it does. How this works: after two failures in a row it is down, asked last, and
 * probed until it answers anything at all. The probe is a name that nobody else asks for: when it comes back to this
 * server as a question, then this resolver leads to us, and is asked no more.
 */
final class Upstream implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Upstream.class.getName());
    private static final int HINFO = 13;
    private static final int FAILURES = 2;
    private static final Duration FIRST_PROBE = Duration.ofMillis(500);
    private static final Duration LAST_PROBE = Duration.ofSeconds(10);

    private final InetSocketAddress address;
    private final Exchange exchange;
    private final DnsMetrics metrics;
    private final Time time;
    private final DnsName probe;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean loops;
    private volatile boolean closed;

    Upstream(InetSocketAddress address, Exchange exchange, DnsMetrics metrics, Time time) {
        this.address = address;
        this.exchange = exchange;
        this.metrics = metrics;
        this.time = time;
        byte[] random = new byte[10];
        new SecureRandom().nextBytes(random);
        String label = HexFormat.of().formatHex(random);
        probe = DnsName.of(label + ".fairlead-probe.invalid"); // RFC 6761: nobody has names there
    }

    /** Looks once whether it leads back to us. */
    void start() {
        Thread.ofVirtual().name("dns-probe").start(this::answersProbe);
    }

    boolean up() {
        return failures.get() < FAILURES;
    }

    boolean loops() {
        return loops;
    }

    /** What it says, less what it was not asked for. */
    UpstreamReply ask(Query query) throws IOException {
        long begin = time.nanos();
        try {
            UpstreamReply whole = exchange.ask(address, query);
            metrics.upstream(address, whole.rcode(), time.nanos() - begin);
            UpstreamReply reply = Bailiwick.within(whole, query);
            metrics.foreign(whole.size() - reply.size());
            failures.set(0);
            return reply;
        } catch (MalformedException nonsense) {
            throw new IOException(address + " answered nonsense: " + nonsense.getMessage(), nonsense);
        } catch (IOException failure) {
            if (failures.incrementAndGet() == FAILURES) {
                LOG.log(Level.WARNING, "the resolver {0} does not answer: {1}", address, failure.toString());
                probeAfter(FIRST_PROBE);
            }
            throw failure;
        }
    }

    private void probeAfter(Duration delay) {
        if (!closed) {
            time.schedule(delay, () -> Thread.ofVirtual().name("dns-probe").start(() -> probe(delay)));
        }
    }

    private void probe(Duration delay) {
        if (closed || up()) {
            return;
        }
        if (answersProbe()) {
            failures.set(0);
            LOG.log(Level.INFO, "the resolver {0} answers again", address);
        } else {
            metrics.probeFailed(address);
            Duration next = delay.multipliedBy(2);
            probeAfter(next.compareTo(LAST_PROBE) > 0 ? LAST_PROBE : next);
        }
    }

    private boolean answersProbe() {
        try {
            exchange.ask(address, QueryWriter.query(0, probe, HINFO));
            return true;
        } catch (IOException silent) {
            return false;
        }
    }

    /** Whether this question is our own probe, come back; then this resolver is asked no more. */
    boolean cameBack(DnsName name) {
        if (!name.equals(probe)) {
            return false;
        }
        if (!loops) {
            loops = true;
            LOG.log(Level.WARNING, "the resolver {0} asks this server itself, so it is not asked any more", address);
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
