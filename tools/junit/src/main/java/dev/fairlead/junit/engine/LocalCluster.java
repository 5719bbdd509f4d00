// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import static dev.fairlead.junit.engine.Asking.asking;

import dev.fairlead.cli.command.manifest.Manifest;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.junit.ClusterClock;
import dev.fairlead.junit.ClusterOptions;
import dev.fairlead.junit.Faults;
import dev.fairlead.junit.PodGroup;
import dev.fairlead.junit.TestPod;
import dev.fairlead.junit.TestService;
import dev.fairlead.junit.Traffic;
import dev.fairlead.junit.engine.play.Part;
import dev.fairlead.junit.engine.play.Pause;
import dev.fairlead.junit.engine.play.Troupe;
import dev.fairlead.junit.loading.Engine;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.select.LabelSelector;
import dev.fairlead.wire.select.SelectorException;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A cluster as its test sees it. */
final class LocalCluster implements Engine.Running {
    private static final String DEFAULT = "default";

    private final ClusterOptions options;
    private final Parts parts;
    private final Troupe troupe;
    private final Aims aims;
    private final Manifests manifests;
    private final Sight sight;
    private final Faults faults;
    private final Path kubeconfig;
    private final Runnable told;

    private LocalCluster(
            ClusterOptions options, Parts parts, Troupe troupe, Aims aims, Path kubeconfig, Runnable told) {
        this.options = options;
        this.parts = parts;
        this.troupe = troupe;
        this.aims = aims;
        this.manifests = new Manifests(parts.client(), () -> parts.controllers().kinds());
        this.sight = new Sight(parts, troupe, aims, options.patience());
        this.faults = new LocalFaults(parts);
        this.kubeconfig = kubeconfig;
        this.told = told;
    }

    /** Starts one; its API answers when this returns. */
    static LocalCluster start(
            ClusterOptions options, Path folder, Certificates certificates, Blocks blocks, Runnable closed)
            throws IOException, InterruptedException {
        ClusterTime time = new ClusterTime();
        Aims aims = new Aims(time);
        Troupe troupe = new Troupe(
                options.processes() ? new Part.Command() : new Part.Nobody(), aims::at, new Pause(time::later));
        Parts parts = Parts.open(options, folder, time, certificates, blocks, pods -> pods.withCast(troupe));
        aims.begin(parts.client(), troupe);
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, parts.side().kubeconfig());
        return new LocalCluster(options, parts, troupe, aims, kubeconfig, closed);
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public URI api() {
        return parts.side().uri();
    }

    @Override
    public Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public String kubeconfigText() {
        return parts.side().kubeconfig();
    }

    @Override
    public LocalCluster apply(String... given) {
        parts.node(); // controllers know every kind then
        asking(() -> {
            manifests.apply(List.of(given));
            return null;
        });
        return this;
    }

    @Override
    public LocalCluster delete(String... given) {
        ApiClient client = parts.client();
        parts.node();
        asking(() -> {
            List<Manifest> doomed = manifests.named(List.of(given));
            for (Manifest manifest : doomed) {
                client.deleteIfThere(
                        manifest.resource(),
                        new ObjectName(manifest.namespace(), manifest.name()),
                        new Deletion(Deletion.Propagation.BACKGROUND, null, null, null));
            }
            for (Manifest manifest : doomed) {
                ObjectName name = new ObjectName(manifest.namespace(), manifest.name());
                await(
                        manifest.resource().qualified() + " " + Directory.text(name) + " to be gone",
                        () -> asking(() -> client.find(manifest.resource(), name)) == null);
            }
            return null;
        });
        return this;
    }

    @Override
    public Answer ask(String method, String path, @Nullable String body) {
        Request request = Request.of(method, path).with("accept", "application/json");
        if (body != null) {
            Object value = Yaml.read(body).getFirst().fields();
            request = request.with(
                    Json.write(value), method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
        }
        Request asked = request.as(ApiSide.ADMIN);
        return asking(() -> {
            Reply reply = parts.server().call(asked);
            return new Answer(reply.status(), new String(reply.drained(), StandardCharsets.UTF_8));
        });
    }

    @Override
    public PodGroup pods(String selector) {
        return pods(DEFAULT, selector);
    }

    @Override
    public PodGroup pods(String namespace, String selector) {
        return new LocalGroup(troupe, namespace, selector(selector));
    }

    private static LabelSelector selector(String text) {
        try {
            return LabelSelector.parse(text);
        } catch (SelectorException wrong) {
            throw new IllegalArgumentException(
                    "the selector \"" + text + "\": " + wrong.getMessage() + "; such as app=backend", wrong);
        }
    }

    @Override
    public TestPod pod(String name) {
        return asking(() -> sight.pod(Directory.name(name)));
    }

    @Override
    public List<TestPod> listPods(String selector) {
        return listPods(DEFAULT, selector);
    }

    @Override
    public List<TestPod> listPods(String namespace, String selector) {
        selector(selector);
        return asking(() -> sight.pods(new Selection(namespace, selector, "")));
    }

    @Override
    public TestService service(String name) {
        return new LocalService(sight, Directory.name(name), options.name());
    }

    @Override
    public Traffic traffic(String service) {
        return asking(() -> sight.telling().traffic(Directory.name(service)));
    }

    @Override
    public String explain(String service) {
        return asking(() -> sight.telling().explain(Directory.name(service)));
    }

    @Override
    public List<String> events() {
        return asking(sight.telling()::events);
    }

    @Override
    public List<String> requests() {
        return parts.journal().lines();
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public ClusterClock clock() {
        return parts.time();
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        await(what, options.patience(), condition);
    }

    @Override
    public void await(String what, Duration patience, BooleanSupplier condition) {
        sight.await(what, patience, condition);
    }

    @Override
    public List<InetAddress> resolve(String host) throws IOException {
        return sight.resolve(host);
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted(); // by a timeout of the test, say: its cluster ends all the same
        try {
            aims.close();
            parts.time().resume(); // pods that end have their grace by this clock
            parts.close();
            told.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
