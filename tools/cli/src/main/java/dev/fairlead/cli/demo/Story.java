// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The shop's day: it opens, is scaled up and down, loses a backend to SIGKILL, has one that is unready for a while, and
 * gets a new version, all under traffic. {@link #tell} is true when no request failed that must not: outside the kill
 * none may, and in it only those that were under way at that moment.
 */
public final class Story {
    private static final String NAMESPACE = "shop";
    private static final String BACKEND = "backend";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 4;
    private static final int ECHO_PORT = 8080;

    private final Instance instance;
    private final ApiClient client;
    private final Duration pace;
    private final Consumer<String> out;
    private final boolean live;

    /**
     * A story about {@code instance}.
     *
     * @param pace how long each state of the shop is watched
     * @param live whether the view may rewrite its line
     */
    public Story(Instance instance, Duration pace, Consumer<String> out, boolean live) {
        this.instance = instance;
        this.client = instance.client();
        this.pace = pace;
        this.out = out;
        this.live = live;
    }

    /** The story went wrong in a way that is not a failed request. */
    public static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenException(String message) {
            super(message);
        }
    }

    /** Applies {@code shop}, tells the story, prints the report; whether no request failed that must not. */
    public boolean tell(Path shop) throws IOException, InterruptedException, BrokenException {
        apply(shop);
        try (SystemTime time = new SystemTime();
                Watching pods = new Watching(client, NAMESPACE, time)) {
            settle(pods, "frontend", 3);
            settle(pods, BACKEND, 3);
            InetSocketAddress address = address();
            out.accept("the shop is open at " + address.getAddress().getHostAddress() + " port " + address.getPort());
            curl(pods);
            Shopper shopper = new Shopper(instance, address, CLIENTS);
            return report(shopper, pods, underTraffic(pods, shopper));
        }
    }

    private static final long LOOK_AGAIN = 500_000;

    /** A process that was killed, from the signal until it was gone: it takes connections until its very end. */
    private record Killed(long from, long until) {
        static final Killed NOBODY = new Killed(0, 0);

        boolean meets(Sample sample) {
            return !equals(NOBODY) && sample.began() <= until && sample.ended() >= from;
        }
    }

    /** Lives the day while the shopper shops; who was killed. */
    private Killed underTraffic(Watching pods, Shopper shopper)
            throws IOException, InterruptedException, BrokenException {
        try (shopper;
                View view = new View(shopper, out, live)) {
            shopper.phase("steady");
            shopper.start();
            view.start();
            return live(pods, shopper);
        }
    }

    private Killed live(Watching pods, Shopper shopper) throws IOException, InterruptedException, BrokenException {
        rest();
        shopper.phase("scale 3 to 5");
        scale(5);
        settle(pods, BACKEND, 5);
        rest();
        shopper.phase("scale 5 to 2");
        scale(2);
        settle(pods, BACKEND, 2);
        rest();
        shopper.phase("kill");
        Killed killed = kill(pods);
        rest();
        settle(pods, BACKEND, 2);
        shopper.phase("unready");
        unready(pods);
        rest();
        shopper.phase("rollout");
        rollOut();
        awaitVersion(pods);
        rest();
        return killed;
    }

    private void rest() throws InterruptedException {
        Thread.sleep(pace);
    }

    private void settle(Watching pods, String app, int count) throws InterruptedException, BrokenException {
        if (!pods.awaitSettled(app, count, PATIENCE)) {
            throw new BrokenException(app + " did not come to " + count + " ready pods in " + PATIENCE.toSeconds()
                    + " s; see kubectl -n shop describe pods");
        }
    }

    private void apply(Path file) throws IOException, InterruptedException, BrokenException {
        try {
            for (Yaml.Document document : Yaml.read(Files.readString(file))) {
                Tree object = new Tree(document.fields());
                client.create(
                        Kinds.served().require(object.text("apiVersion", "v1"), object.text("kind", "")),
                        object.fields());
            }
        } catch (SyntaxException wrong) {
            throw new BrokenException(file + ": " + wrong.getMessage());
        } catch (ApiError refused) {
            throw new BrokenException(file + ": " + refused.getMessage());
        }
    }

    private InetSocketAddress address() throws IOException, InterruptedException {
        ObjectName name = new ObjectName(NAMESPACE, "frontend");
        Service service = Service.from(client.get(Resources.SERVICES, name));
        int port = instance.boundPort(name, service.ports().getFirst().port());
        return new InetSocketAddress(inet(service.clusterIps().getFirst()), port);
    }

    private static InetAddress inet(IpAddress address) throws IOException {
        return InetAddress.getByAddress(address.bytes());
    }

    private void scale(int replicas) throws IOException, InterruptedException {
        out.accept("scaling backend to " + replicas);
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName(NAMESPACE, BACKEND),
                "scale",
                new Patch.Merge(Map.of("spec", Map.of("replicas", (long) replicas))));
    }

    /** Ends a backend's process without a word; nobody's where processes cannot be found. */
    private Killed kill(Watching pods) throws InterruptedException, BrokenException {
        Pod victim = pods.of(BACKEND).getFirst();
        Optional<ProcessHandle> process = PodProcess.of(victim.meta().uid());
        if (process.isEmpty()) {
            out.accept("this system does not show processes' environments; nobody is killed");
            return Killed.NOBODY;
        }
        out.accept("killing the process of " + victim.name().name() + " (SIGKILL)");
        long at = System.nanoTime();
        process.get().destroyForcibly();
        while (process.get().isAlive()) {
            LockSupport.parkNanos(LOOK_AGAIN); // its end is a matter of milliseconds
        }
        Killed killed = new Killed(at, System.nanoTime());
        if (!pods.await(BACKEND, all -> all.stream().anyMatch(pod -> !pod.ready()), PATIENCE)) {
            throw new BrokenException("nobody noticed that " + victim.name().name() + " was killed");
        }
        return killed;
    }

    private void unready(Watching pods) throws IOException, InterruptedException, BrokenException {
        Pod pod = pods.of(BACKEND).getLast();
        InetSocketAddress at = new InetSocketAddress(inet(pod.podIps().getFirst()), ECHO_PORT);
        out.accept(pod.name().name() + " fails its readiness probe");
        Shopper.get(instance, at, "POST", "/unready");
        boolean noticed = pods.await(BACKEND, all -> all.stream().anyMatch(each -> !each.ready()), PATIENCE);
        rest();
        out.accept(pod.name().name() + " recovers");
        Shopper.get(instance, at, "POST", "/ready");
        if (!noticed) {
            throw new BrokenException("the failing readiness probe was not noticed");
        }
        settle(pods, BACKEND, 2);
    }

    private void rollOut() throws IOException, InterruptedException {
        out.accept("rolling backend out as version 2");
        Map<String, Object> container =
                Map.of("name", "web", "env", List.<Object>of(Map.of("name", "VERSION", "value", "2")));
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName(NAMESPACE, BACKEND),
                new Patch.Strategic(Map.of(
                        "spec", Map.of("template", Map.of("spec", Map.of("containers", List.<Object>of(container)))))));
    }

    private void awaitVersion(Watching pods) throws InterruptedException, BrokenException {
        List<String> before =
                pods.of(BACKEND).stream().map(pod -> pod.name().name()).toList();
        boolean done = pods.await(
                BACKEND,
                all -> all.size() == 2
                        && all.stream()
                                .noneMatch(pod -> before.contains(pod.name().name()))
                        && pods.settled(BACKEND) == 2,
                PATIENCE);
        if (!done) {
            throw new BrokenException("the rollout did not finish in " + PATIENCE.toSeconds() + " s");
        }
    }

    /** An unmodified curl inside a pod, where pods have a resolv.conf of their own. */
    private void curl(Watching pods) throws IOException, InterruptedException {
        boolean namespaces = instance.choice().mode() != Mode.LOOPBACK;
        if (namespaces) {
            new CurlPod(instance, client, NAMESPACE).run(pods).ifPresent(out);
        }
    }

    private boolean report(Shopper shopper, Watching pods, Killed killed) {
        List<Sample> samples = shopper.samples();
        List<Sample> failed =
                samples.stream().filter(sample -> sample.error() != null).toList();
        List<Sample> forbidden =
                failed.stream().filter(sample -> !killed.meets(sample)).toList();
        out.accept("");
        out.accept(new Report(samples, pods.readyAt(), pods.unreadyAt()).text());
        int lost = failed.size() - forbidden.size();
        out.accept(samples.size() + " requests; " + lost + " were under way on the killed process and failed; "
                + forbidden.size() + " others failed");
        if (!forbidden.isEmpty()) {
            out.accept("these must not fail:\n" + Report.errors(forbidden));
        }
        return forbidden.isEmpty();
    }
}
