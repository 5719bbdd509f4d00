// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.metrics;

import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Histogram;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.metrics.Sample;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** The DNS server's numbers. Label {@code zone} is one of our zones, or {@code .} for names of others. */
public final class DnsMetrics {
    private static final double[] SECONDS =
            IntStream.range(0, 16).mapToDouble(power -> 0.00025 * (1 << power)).toArray();
    private static final double[] BYTES = {
        0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16_000, 32_000, 48_000, 64_000
    };
    private static final Map<Integer, String> TYPES = Map.ofEntries(
            Map.entry(1, "A"),
            Map.entry(2, "NS"),
            Map.entry(5, "CNAME"),
            Map.entry(6, "SOA"),
            Map.entry(12, "PTR"),
            Map.entry(15, "MX"),
            Map.entry(16, "TXT"),
            Map.entry(28, "AAAA"),
            Map.entry(33, "SRV"),
            Map.entry(43, "DS"),
            Map.entry(48, "DNSKEY"),
            Map.entry(64, "SVCB"),
            Map.entry(65, "HTTPS"),
            Map.entry(255, "ANY"));
    private static final List<String> CODES =
            List.of("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED");

    private final Metrics metrics = new Metrics();
    private final Map<Labels, Tally> tallies = new ConcurrentHashMap<>();
    private final String server;
    private final Counter requests;
    private final Counter responses;
    private final Histogram duration;
    private final Histogram requestSize;
    private final Histogram responseSize;
    private final Counter hits;
    private final Counter misses;
    private final Counter prefetches;
    private final Counter stale;
    private final Histogram upstreams;
    private final Counter probes;
    private final Counter nobodyUp;
    private final Counter tooMany;
    private final Counter searched;
    private final Counter malformed;
    private final Counter limited;
    private final Counter foreign;
    private final Counter bugs;
    private volatile IntSupplier cacheEntries = () -> 0;
    private volatile IntSupplier underWay = () -> 0;
    private volatile IntSupplier connections = () -> 0;

    /** Numbers of the server at {@code port}. */
    public DnsMetrics(int port) {
        server = "dns://:" + port;
        requests = metrics.counter(
                "coredns_dns_requests_total", "Queries.", "server", "zone", "view", "proto", "family", "type");
        responses =
                metrics.counter("coredns_dns_responses_total", "Answers.", "server", "zone", "view", "rcode", "plugin");
        duration = metrics.histogram(
                "coredns_dns_request_duration_seconds", "Time to answer.", SECONDS, "server", "zone", "view");
        requestSize = metrics.histogram(
                "coredns_dns_request_size_bytes", "Size of queries.", BYTES, "server", "zone", "view", "proto");
        responseSize = metrics.histogram(
                "coredns_dns_response_size_bytes", "Size of answers.", BYTES, "server", "zone", "view", "proto");
        hits = metrics.counter(
                "coredns_cache_hits_total", "Answers of others given again.", "server", "type", "zones", "view");
        misses = metrics.counter(
                "coredns_cache_misses_total", "Names of others not remembered.", "server", "zones", "view");
        prefetches = metrics.counter(
                "coredns_cache_prefetch_total",
                "Answers of others fetched anew before their end.",
                "server",
                "zones",
                "view");
        stale = metrics.counter(
                "coredns_cache_served_stale_total",
                "Answers of others given after their time.",
                "server",
                "zones",
                "view");
        upstreams = metrics.histogram(
                "coredns_proxy_request_duration_seconds",
                "Time of a resolver to answer.",
                SECONDS,
                "proxy_name",
                "to",
                "rcode");
        probes =
                metrics.counter("coredns_proxy_healthcheck_failures_total", "Probes not answered.", "proxy_name", "to");
        nobodyUp = metrics.counter("coredns_forward_healthcheck_broken_total", "Questions while no resolver answers.");
        tooMany = metrics.counter(
                "coredns_forward_max_concurrent_rejects_total", "Questions refused because of too many.");
        searched = metrics.counter(
                "coredns_autopath_success_total", "Search paths walked to their end at the first query.", "server");
        malformed = metrics.counter("fairlead_dns_malformed_total", "Messages that are no query.");
        limited = metrics.counter("fairlead_dns_rate_limited_total", "Queries dropped by the rate limit.");
        foreign = metrics.counter(
                "fairlead_dns_foreign_records_total",
                "Records in answers of others that nobody asked for, and nobody was given.");
        metrics.gauge(
                "coredns_cache_entries",
                "Answers of others that are remembered.",
                List.of("server", "type", "zones", "view"),
                () -> List.of(new Sample(List.of(server, "any", ".", ""), cacheEntries.getAsInt())));
        metrics.gauge(
                "fairlead_dns_connections",
                "Connections of clients that are open.",
                List.of(),
                () -> List.of(new Sample(List.of(), connections.getAsInt())));
        metrics.gauge(
                "fairlead_dns_forwards_under_way",
                "Questions that others are being asked.",
                List.of(),
                () -> List.of(new Sample(List.of(), underWay.getAsInt())));
        bugs = metrics.counter("coredns_panics_total", "Queries not answered because of a bug.");
    }

    /**
     * A query that was answered.
     *
     * @param zone as label
     * @param proto {@code udp}, {@code tcp}, {@code tls} or {@code https}
     * @param v6 whether it came by IPv6
     * @param size of the query, in bytes
     */
    public record Answered(String zone, String proto, boolean v6, int type, int size) {}

    /** A query was answered, in {@code nanos} nanoseconds. */
    public void answered(Answered query, byte[] answer, long nanos) {
        int code = answer.length > 3 ? answer[3] & 0xf : 0;
        tally(new Labels(query.zone, query.proto, query.v6, query.type, code)).count(query.size, answer.length, nanos);
    }

    /**
     * What queries and their answers are told apart by.
     *
     * @param zone as label
     * @param proto {@code udp} or {@code tcp}
     * @param type 0 for every one without a name of its own: askers choose it, and must not fill our memory
     * @param code of the answer
     */
    public record Labels(String zone, String proto, boolean v6, int type, int code) {
        /** Knows types apart that have names. */
        public Labels {
            type = TYPES.containsKey(type) ? type : 0;
        }
    }

    /** Where queries that have all labels in common are counted. */
    public Tally tally(Labels labels) {
        return tallies.computeIfAbsent(labels, this::newTally);
    }

    private Tally newTally(Labels labels) {
        String zone = labels.zone;
        String type = TYPES.getOrDefault(labels.type, "other");
        return new Tally(
                requests.of(server, zone, "", labels.proto, labels.v6 ? "2" : "1", type),
                responses.of(server, zone, "", code(labels.code), zone.equals(".") ? "forward" : "kubernetes"),
                duration.of(server, zone, ""),
                requestSize.of(server, zone, "", labels.proto),
                responseSize.of(server, zone, "", labels.proto));
    }

    /** The numbers of queries that have all labels in common. */
    public static final class Tally {
        private final LongAdder requests;
        private final LongAdder responses;
        private final Histogram.Series duration;
        private final Histogram.Series requestSize;
        private final Histogram.Series responseSize;

        private Tally(
                LongAdder requests,
                LongAdder responses,
                Histogram.Series duration,
                Histogram.Series requestSize,
                Histogram.Series responseSize) {
            this.requests = requests;
            this.responses = responses;
            this.duration = duration;
            this.requestSize = requestSize;
            this.responseSize = responseSize;
        }

        /** Counts a query of {@code size} bytes that was answered by so many, in {@code nanos} nanoseconds. */
        public void count(int size, int answer, long nanos) {
            requests.increment();
            responses.increment();
            duration.observe(nanos / 1e9);
            requestSize.observe(size);
            responseSize.observe(answer);
        }
    }

    private static String code(int code) {
        return code < CODES.size() ? CODES.get(code) : "OTHER";
    }

    /** How many answers of others are remembered. */
    public void cacheEntries(IntSupplier count) {
        cacheEntries = count;
    }

    /** How many questions are being asked of others. */
    public void forwardsUnderWay(IntSupplier count) {
        underWay = count;
    }

    /** How many connections are open. */
    public void connections(IntSupplier count) {
        connections = count;
    }

    /** An answer of others was known. */
    public void cacheHit(boolean negative, boolean old) {
        hits.add(server, negative ? "denial" : "success", ".", "");
        if (old) {
            stale.add(server, ".", "");
        }
    }

    /** An answer of others was not known. */
    public void cacheMiss() {
        misses.add(server, ".", "");
    }

    /** An answer of others is fetched before its end. */
    public void prefetched() {
        prefetches.add(server, ".", "");
    }

    /** A resolver answered. */
    public void upstream(InetSocketAddress to, int rcode, long nanos) {
        upstreams.observe(nanos / 1e9, "forward", text(to), code(rcode));
    }

    /** A resolver that was down is still. */
    public void probeFailed(InetSocketAddress to) {
        probes.add("forward", text(to));
    }

    private static String text(InetSocketAddress to) {
        return to.getAddress() == null ? to.toString() : to.getAddress().getHostAddress() + ":" + to.getPort();
    }

    /** A question had to be asked while every resolver was down. */
    public void nobodyUp() {
        nobodyUp.add();
    }

    /** A question was not asked because of too many others. */
    public void tooMany() {
        tooMany.add();
    }

    /** A search path was walked to its end. */
    public void searched() {
        searched.add(server);
    }

    /** Something that is no query came. */
    public void malformed() {
        malformed.add();
    }

    /** A query was dropped because its source asks too much. */
    public void limited() {
        limited.add();
    }

    /** So many records were left out of an answer of others. */
    public void foreign(int count) {
        foreign.add(count);
    }

    /** A query was not answered because of a mistake of ours. */
    public void bug() {
        bugs.add();
    }

    /** All of it, in Prometheus' text format. */
    public String text() {
        return metrics.text();
    }
}
