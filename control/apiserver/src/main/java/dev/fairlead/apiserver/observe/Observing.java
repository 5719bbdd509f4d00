// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.observe;

import dev.fairlead.apiserver.request.Target;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import dev.fairlead.wire.time.Time;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Counts requests under the names that Kubernetes' API server has, and logs them: each one where the log wants details, slow
 * ones always. Costs well under a microsecond a request.
 */
public final class Observing {
    private static final System.Logger LOG = System.getLogger("dev.fairlead.apiserver.requests");
    /** An answer that takes longer is told in the log, as Kubernetes tells it. */
    private static final double SLOW_SECONDS = 1;

    private static final double[] SECONDS = {
        0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60
    };

    /** What is counted apart; a client can send any word as its method, and each label stays in memory for ever. */
    private static final Set<String> VERBS = Set.of(
            "GET",
            "HEAD",
            "OPTIONS",
            "LIST",
            "WATCH",
            "POST",
            "PUT",
            "PATCH",
            "APPLY",
            "DELETE",
            "DELETECOLLECTION",
            "CONNECT");

    /** Too slow, too much at one time, too late. */
    private static final Set<Integer> PROTECTING = Set.of(408, 429, 504);

    private final Time time;
    private final Counter total;
    private final Counter terminated;
    private final Histogram duration;
    private final LongAdder reading = new LongAdder();
    private final LongAdder writing = new LongAdder();
    private final Map<Sort, Numbers> numbers = new ConcurrentHashMap<>();

    /** What is counted apart. */
    private record Sort(
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String scope,
            boolean dryRun) {}

    private record Numbers(Histogram.Series duration, Map<Integer, LongAdder> total) {}

    /** Counts into {@code metrics}; objects of {@code kinds} are counted when somebody asks. */
    public Observing(Metrics metrics, Time time, Store store, Supplier<List<Resource>> kinds) {
        this.time = time;
        this.total = metrics.counter(
                "apiserver_request_total",
                "Requests answered.",
                "code",
                "component",
                "dry_run",
                "group",
                "resource",
                "scope",
                "subresource",
                "verb",
                "version");
        this.terminated = metrics.counter(
                "apiserver_request_terminations_total",
                "Requests turned away or given up to protect the server.",
                "code",
                "component",
                "group",
                "resource",
                "scope",
                "subresource",
                "verb",
                "version");
        this.duration = metrics.histogram(
                "apiserver_request_duration_seconds",
                "How long answers took; of watches, logs and talks with pods, until they began.",
                SECONDS,
                "component",
                "dry_run",
                "group",
                "resource",
                "scope",
                "subresource",
                "verb",
                "version");
        metrics.gauge(
                "apiserver_current_inflight_requests",
                "Requests that are being answered now.",
                List.of("request_kind"),
                () -> List.of(
                        new Sample(List.of("mutating"), writing.sum()),
                        new Sample(List.of("readOnly"), reading.sum())));
        metrics.gauge(
                "apiserver_storage_objects",
                "Objects in the store.",
                List.of("resource"),
                () -> objects(store, kinds.get()));
    }

    private static List<Sample> objects(Store store, List<Resource> kinds) {
        List<Sample> samples = new ArrayList<>();
        for (Resource kind : kinds) {
            if (kind.verbs().contains("list")) {
                var first = store.prefix(kind.storePrefix(), 0, 1);
                samples.add(
                        new Sample(List.of(kind.qualified()), first.entries().size() + first.remaining()));
            }
        }
        return samples;
    }

    /** A request has come. */
    public void begun(Visit visit) {
        (visit.mutating() ? writing : reading).increment();
    }

    /** It is answered. */
    public void ended(Visit visit, Reply reply) {
        (visit.mutating() ? writing : reading).decrement();
        Numbers counted = numbers.computeIfAbsent(sort(visit), this::numbers);
        double seconds = (double) (time.nanos() - visit.began()) / TimeUnit.SECONDS.toNanos(1);
        counted.duration().observe(seconds);
        counted.total()
                .computeIfAbsent(reply.status(), code -> total(sort(visit), code))
                .increment();
        Level level = seconds > SLOW_SECONDS && reply instanceof Reply.Whole ? Level.WARNING : Level.DEBUG;
        if (LOG.isLoggable(level)) {
            LOG.log(level, line(visit, reply, seconds));
        }
    }

    /** Nobody waits for its answer any more: the server is about to stop. */
    public void abandoned(Visit visit) {
        (visit.mutating() ? writing : reading).decrement();
    }

    /** It was answered without the API being asked, or before the API has answered. */
    public void turnedAway(Visit visit, Reply reply) {
        Sort sort = sort(visit);
        total(sort, reply.status()).increment();
        if (PROTECTING.contains(reply.status())) {
            terminated
                    .of(
                            Integer.toString(reply.status()),
                            "apiserver",
                            sort.group(),
                            sort.resource(),
                            sort.scope(),
                            sort.subresource(),
                            sort.verb(),
                            sort.version())
                    .increment();
        }
        if (LOG.isLoggable(Level.DEBUG)) {
            LOG.log(Level.DEBUG, line(visit, reply, 0));
        }
    }

    private static Sort sort(Visit visit) {
        String target = visit.request().target();
        boolean dryRun = visit.mutating() && target.contains("dryRun=All");
        Target about = visit.target();
        if (about == null) {
            return new Sort(known(visit.request().method()), "", "", "", "", "", dryRun);
        }
        String verb = switch (visit.verb()) {
            case "create" -> about.itself() || visit.mutating() ? "POST" : "CONNECT";
            case "update" -> "PUT";
            case "patch" ->
                String.valueOf(visit.request().header("content-type")).startsWith("application/apply-patch")
                        ? "APPLY"
                        : "PATCH";
            default -> known(visit.verb().toUpperCase(Locale.ROOT));
        };
        String scope = about.one() ? "resource" : about.namespace().isEmpty() ? "cluster" : "namespace";
        Resource kind = about.resource();
        return new Sort(
                verb,
                kind.group(),
                kind.version(),
                kind.plural(),
                about.subresource().text(),
                scope,
                dryRun);
    }

    private static String known(String verb) {
        return VERBS.contains(verb) ? verb : "other";
    }

    private Numbers numbers(Sort sort) {
        return new Numbers(
                duration.of(
                        "apiserver",
                        dryRun(sort),
                        sort.group(),
                        sort.resource(),
                        sort.scope(),
                        sort.subresource(),
                        sort.verb(),
                        sort.version()),
                new ConcurrentHashMap<>());
    }

    private LongAdder total(Sort sort, int code) {
        return total.of(
                Integer.toString(code),
                "apiserver",
                dryRun(sort),
                sort.group(),
                sort.resource(),
                sort.scope(),
                sort.subresource(),
                sort.verb(),
                sort.version());
    }

    private static String dryRun(Sort sort) {
        return sort.dryRun() ? "All" : "";
    }

    private static String line(Visit visit, Reply reply, double seconds) {
        User user = visit.user();
        StringBuilder line = new StringBuilder(200);
        line.append(visit.request().method()).append(' ').append(visit.request().target());
        line.append(" verb=").append(visit.verb());
        line.append(" code=").append(reply.status());
        line.append(" ms=").append(Math.round(seconds * 10_000) / 10.0);
        line.append(" user=").append(user == null ? "-" : user.name());
        line.append(" agent=\"")
                .append(visit.request().headers().getOrDefault("user-agent", ""))
                .append('"');
        line.append(" audit=").append(visit.request().headers().getOrDefault("audit-id", "-"));
        String trace = visit.trace();
        return line.append(" trace=").append(trace.isEmpty() ? "-" : trace).toString();
    }
}
