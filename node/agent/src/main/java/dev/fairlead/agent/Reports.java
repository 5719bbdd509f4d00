// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.health.Answer;
import dev.fairlead.agent.health.Freshness;
import dev.fairlead.agent.health.NodeHealth;
import dev.fairlead.agent.health.PlainHttp;
import dev.fairlead.agent.health.ServiceHealth;
import dev.fairlead.agent.metrics.ProxyMetrics;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.routes.Change;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What others may ask this node about its Services: health and metrics, at kube-proxy's ports, paths and names. */
final class Reports implements Programming.Watcher, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Reports.class.getName());

    private final Time time;
    private final String mode;
    private final Freshness freshness;
    private final ProxyMetrics metrics;
    private final NodeHealth node;
    private final Supplier<RouteTable> table;
    private final Consumer<List<ServiceHealth.Failure>> failures;
    private final List<PlainHttp> servers = new ArrayList<>();
    private final List<Supplier<String>> more = new CopyOnWriteArrayList<>();
    private volatile @Nullable ServiceHealth services;
    private volatile @Nullable Counts counts;
    private boolean whole = true;

    /**
     * Watches only; {@link #open} answers.
     *
     * @param mode how the data plane carries Services
     * @param table the table as it is programmed
     * @param eligible whether the node may take new traffic
     */
    Reports(
            Time time,
            String mode,
            List<IpFamily> families,
            Supplier<RouteTable> table,
            BooleanSupplier eligible,
            Consumer<List<ServiceHealth.Failure>> failures) {
        this.time = time;
        this.mode = mode;
        this.table = table;
        this.failures = failures;
        freshness = new Freshness(time, Freshness.USUAL_LIMIT);
        metrics = new ProxyMetrics(time, families, table);
        node = new NodeHealth(freshness, eligible, families, metrics.healthz(), metrics.livez());
    }

    /** Tells more numbers, in Prometheus' text format. */
    void alsoTell(Supplier<String> numbers) {
        more.add(numbers);
    }

    /** Tells what passes, too; before {@link #open}. */
    void counts(Counts passing) {
        counts = passing;
        metrics.connections(passing::passed);
        metrics.denials(passing.plane()::denied);
    }

    @Override
    public void queued(Change change) {
        freshness.queued();
        metrics.queued(change);
    }

    @Override
    public void programmed(List<Change> changes, RouteTable now, long taken, Duration took) {
        freshness.programmed(changes.size(), taken);
        metrics.programmed(changes, took, whole);
        whole = false;
        follow(now);
    }

    private void follow(RouteTable now) {
        ServiceHealth answering = services;
        if (answering != null) {
            List<ServiceHealth.Failure> refused = answering.follow(now);
            if (!refused.isEmpty()) {
                failures.accept(refused);
            }
        }
    }

    /** Begins to answer. A port that is taken is told and passed over: another instance may answer there. */
    synchronized void open(Agent.ReportPorts ports) {
        serve(ports, ports.health(), "health", node::answer);
        serve(ports, ports.metrics(), "metrics", this::numbers);
        services = new ServiceHealth(ports.listening(), freshness, time);
        follow(table.get());
    }

    private void serve(Agent.ReportPorts ports, InetSocketAddress at, String what, Function<String, Answer> answers) {
        try {
            servers.add(PlainHttp.serve(ports.listening().at(at), answers, time));
        } catch (IOException refused) {
            LOG.log(Level.INFO, "{0} is not served at {1}: {2}", what, at, refused.getMessage());
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(metrics.text());
        more.forEach(numbers -> text.append(numbers.get()));
        return text.toString();
    }

    /** What {@code path} is answered at the port for metrics. */
    Answer numbers(String path) {
        return switch (path) {
            case "/metrics" -> Answer.of(200, Metrics.MEDIA_TYPE, text());
            case "/traffic" -> traffic();
            case "/proxyMode" -> Answer.of(200, "text/plain; charset=utf-8", mode);
            case "/healthz", "/livez" -> node.answer(path);
            default -> Answer.notFound();
        };
    }

    private Answer traffic() {
        Counts passing = counts;
        return passing == null
                ? Answer.notFound()
                : Answer.of(
                        200,
                        "application/json",
                        new String(Json.write(passing.report().tree()), StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void close() {
        servers.forEach(PlainHttp::close);
        ServiceHealth answering = services;
        if (answering != null) {
            answering.close();
        }
    }
}
