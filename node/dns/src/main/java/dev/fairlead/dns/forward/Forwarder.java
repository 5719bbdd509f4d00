// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.forward;

import dev.fairlead.dns.message.Answer;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.MessageWriter;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rcode;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.metrics.DnsMetrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks other resolvers and remembers what they say for as long as they allow. Those that answer are asked first, in their
 * order. Who asks for what is being asked already waits for that answer. When nobody answers, what was known before is
 * given; also when the answer takes longer than a client likes to wait (RFC 8767).
 */
public final class Forwarder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Forwarder.class.getName());
    private static final long CLIENT_PATIENCE = 1800; // milliseconds: RFC 8767 §5
    private static final int ROUNDS = 2;

    private final List<Upstream> usual;
    private final Map<DnsName, List<Upstream>> stubs = new LinkedHashMap<>();
    private final List<Upstream> all = new ArrayList<>();
    private final boolean parallel;
    private final Exchange exchange;
    private final ReplyCache cache;
    private final DnsMetrics metrics;
    private final Semaphore places;
    private final Map<ReplyCache.Key, CompletableFuture<UpstreamReply>> underWay = new ConcurrentHashMap<>();

    /** Asks as {@code settings} say. */
    public Forwarder(ForwardSettings settings, DnsMetrics metrics, Time time) {
        this.metrics = metrics;
        parallel = settings.parallel();
        exchange = new Exchange(settings.timeout(), settings.mixedCase(), time);
        usual = upstreams(settings.upstreams(), exchange, time);
        settings.stubs().forEach((domain, servers) -> stubs.put(domain, upstreams(servers, exchange, time)));
        cache = new ReplyCache(time, settings.stale());
        places = new Semaphore(settings.concurrent());
        metrics.cacheEntries(cache::size);
        metrics.forwardsUnderWay(underWay::size);
        all.forEach(Upstream::start);
    }

    private List<Upstream> upstreams(List<InetSocketAddress> servers, Exchange exchange, Time time) {
        List<Upstream> made = servers.stream()
                .map(server -> new Upstream(server, exchange, metrics, time))
                .toList();
        all.addAll(made);
        return made;
    }

    private List<Upstream> responsible(DnsName name) {
        List<Upstream> found = usual;
        int longest = -1;
        for (Map.Entry<DnsName, List<Upstream>> stub : stubs.entrySet()) {
            int labels = stub.getKey().labels().size();
            if (labels > longest && name.isIn(stub.getKey())) {
                found = stub.getValue();
                longest = labels;
            }
        }
        return found;
    }

    /** Whether there is anybody to ask for {@code name}. */
    public boolean asksFor(DnsName name) {
        return !responsible(name).isEmpty();
    }

    /** The answer in at most {@code limit} bytes, if nobody has to be waited for. */
    public Optional<byte[]> remembered(Query query, int limit) {
        if (all.stream().anyMatch(upstream -> upstream.cameBack(query.name()))) {
            return Optional.of(MessageWriter.write(query, Answer.of(Rcode.REFUSED), limit));
        }
        if (!asksFor(query.name())) {
            return Optional.of(MessageWriter.write(query, Answer.of(Rcode.REFUSED), limit));
        }
        return known(query).map(hit -> hit.reply().answer(query, hit.age(), limit));
    }

    /** What is known and may be given without asking. */
    private Optional<ReplyCache.Hit> known(Query query) {
        ReplyCache.Key key = ReplyCache.Key.of(query);
        ReplyCache.Hit hit = cache.find(key);
        if (hit == null || (hit.stale() && !hit.quiet())) {
            metrics.cacheMiss();
            return Optional.empty();
        }
        metrics.cacheHit(hit.negative(), hit.stale());
        if (hit.due()) {
            metrics.prefetched();
            CompletableFuture<UpstreamReply> unneeded = fetch(key, query);
            unneeded.exceptionally(failure -> hit.reply());
        }
        return Optional.of(hit);
    }

    /** What is known of (name, type) without asking; empty when nothing is. */
    public Optional<UpstreamReply> known(DnsName name, int type) {
        return known(QueryWriter.query(0, name, type)).map(ReplyCache.Hit::reply);
    }

    /** The answer in at most {@code limit} bytes, by asking. */
    public byte[] forward(Query query, int limit) throws IOException, InterruptedException {
        ReplyCache.Hit said = say(query);
        return said.reply().answer(query, said.age(), limit);
    }

    /** What the first resolver that answers says. */
    public UpstreamReply ask(Query query) throws IOException, InterruptedException {
        return say(query).reply();
    }

    private ReplyCache.Hit say(Query query) throws IOException, InterruptedException {
        ReplyCache.Key key = ReplyCache.Key.of(query);
        ReplyCache.Hit old = cache.find(key);
        if (old != null && (!old.stale() || old.quiet())) {
            return old; // it came while this question was on its way here
        }
        CompletableFuture<UpstreamReply> answer = fetch(key, query);
        try {
            return ReplyCache.Hit.fresh(
                    old == null ? answer.get() : answer.get(CLIENT_PATIENCE, TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException failure) {
            if (old != null) {
                metrics.cacheHit(old.negative(), true);
                return old;
            }
            throw new IOException("nobody answers for " + query.name(), failure);
        }
    }

    /** Asks, unless that is under way already. */
    private CompletableFuture<UpstreamReply> fetch(ReplyCache.Key key, Query query) {
        CompletableFuture<UpstreamReply> mine = new CompletableFuture<>();
        CompletableFuture<UpstreamReply> others = underWay.putIfAbsent(key, mine);
        if (others != null) {
            return others;
        }
        Thread.ofVirtual().name("dns-fetch").start(() -> {
            try {
                UpstreamReply reply = askSomebody(query);
                cache.remember(key, reply);
                underWay.remove(key); // before anybody who waits goes on and asks anew
                mine.complete(reply);
            } catch (IOException | RuntimeException failure) {
                cache.failed(key);
                underWay.remove(key);
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private UpstreamReply askSomebody(Query query) throws IOException {
        if (!places.tryAcquire()) {
            metrics.tooMany();
            throw new IOException("too many questions are under way already");
        }
        try {
            return askInOrder(query);
        } finally {
            places.release();
        }
    }

    private UpstreamReply askInOrder(Query query) throws IOException {
        List<Upstream> order = inOrder(responsible(query.name()));
        boolean anyUp = order.stream().anyMatch(Upstream::up);
        if (!anyUp) {
            metrics.nobodyUp();
        }
        IOException last = new IOException("no resolver to ask");
        UpstreamReply failed = null;
        List<Upstream> live = order.stream().filter(Upstream::up).toList();
        if (parallel && live.size() > 1) {
            Optional<UpstreamReply> first = askAllAtOnce(live, query);
            if (first.isPresent()) {
                return first.get();
            }
        }
        for (int round = 0; round < (anyUp ? ROUNDS : 1); round++) {
            for (Upstream upstream : order) {
                try {
                    UpstreamReply reply = upstream.ask(query);
                    if (reply.rcode() != Rcode.SERVFAIL.number()) {
                        return reply;
                    }
                    failed = reply; // another one may know better
                } catch (IOException failure) {
                    last = failure;
                }
            }
            if (failed != null) {
                return orStale(query, failed);
            }
        }
        throw last;
    }

    /** What the first says that does not fail; empty when all fail. */
    private static Optional<UpstreamReply> askAllAtOnce(List<Upstream> upstreams, Query query) {
        CompletableFuture<Optional<UpstreamReply>> first = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(upstreams.size());
        for (Upstream upstream : upstreams) {
            Thread.ofVirtual().name("dns-fetch").start(() -> {
                try {
                    UpstreamReply reply = upstream.ask(query);
                    if (reply.rcode() != Rcode.SERVFAIL.number()) {
                        first.complete(Optional.of(reply));
                    }
                } catch (IOException silent) {
                    LOG.log(Level.DEBUG, "no answer", silent);
                } finally {
                    if (left.decrementAndGet() == 0) {
                        first.complete(Optional.empty());
                    }
                }
            });
        }
        return first.join();
    }

    /** A failure that was told takes nothing away that is known. */
    private UpstreamReply orStale(Query query, UpstreamReply failed) throws IOException {
        ReplyCache.@Nullable Hit old = cache.find(ReplyCache.Key.of(query));
        if (old != null && old.stale()) {
            throw new IOException("every resolver failed");
        }
        return failed;
    }

    private static List<Upstream> inOrder(List<Upstream> upstreams) {
        List<Upstream> order = new ArrayList<>();
        upstreams.stream().filter(each -> !each.loops() && each.up()).forEach(order::add);
        upstreams.stream().filter(each -> !each.loops() && !each.up()).forEach(order::add);
        return order;
    }

    @Override
    public void close() {
        all.forEach(Upstream::close);
        try {
            exchange.close();
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, "a connection did not close", failure);
        }
    }
}
