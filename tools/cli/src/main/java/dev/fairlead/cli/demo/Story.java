// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Inet;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.time.SystemTime;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shop's day: it opens, is scaled up and down, loses a backend to SIGKILL, has one that is unready for a while, and
 * gets a new version, all under traffic. {@link #tell} is true when no request failed that must not: outside the kill
 * none may, and in it only those that were under way at that moment.
 */
public final class Story {
    private static final String NAMESPACE = "shop";
    private static final String BACKEND = "backend";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int CLIENTS = 4;
    private static final int ECHO_PORT = 8080;

    private final Instance instance;
    private final ApiClient client;
    private final Duration pace;
    private final Screen screen;

    /**
     * A story about {@code instance}.
     *
     * @param pace how long each state of the shop is watched
     */
    public Story(Instance instance, Duration pace, Screen screen) {
        this.instance = instance;
        this.client = instance.client();
        this.pace = pace;
        this.screen = screen;
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
            awaitOpen(address);
            screen.say("the shop is open: http://" + address.getAddress().getHostAddress() + ":" + address.getPort()
                    + "/");
            curl(pods);
            Shopper shopper = new Shopper(instance, address, CLIENTS);
            return report(shopper, pods, underTraffic(pods, shopper));
        }
    }

    /** Lives the day while the shopper shops; when somebody was killed, if anybody was. */
    private Optional<Death> underTraffic(Watching pods, Shopper shopper)
            throws IOException, InterruptedException, BrokenException {
        try (shopper;
                View view = new View(shopper, screen)) {
            screen.say(CLIENTS + " clients shop, each request on a connection of its own");
            shopper.start();
            view.start();
            return live(pods, shopper);
        }
    }

    private Optional<Death> live(Watching pods, Shopper shopper)
            throws IOException, InterruptedException, BrokenException {
        rest();
        shopper.phase(Phase.UP);
        scale(5);
        settle(pods, BACKEND, 5);
        rest();
        shopper.phase(Phase.DOWN);
        scale(2);
        settle(pods, BACKEND, 2);
        rest();
        shopper.phase(Phase.KILL);
        Optional<Death> killed = kill(pods);
        rest();
        settle(pods, BACKEND, 2);
        shopper.phase(Phase.UNREADY);
        unready(pods);
        rest();
        shopper.phase(Phase.ROLLOUT);
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

    /** Pods are ready a moment before the relay knows: open is the shop when it answers, as for any customer. */
    private void awaitOpen(InetSocketAddress address) throws InterruptedException, BrokenException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String last = "";
        while (System.nanoTime() < end) {
            try {
                String answer = Shopper.get(instance, address, "GET", "/");
                if (answer.startsWith("HTTP/1.1 200")) {
                    return;
                }
                last = answer.lines().findFirst().orElse("an empty answer");
            } catch (IOException notYet) {
                last = String.valueOf(notYet.getMessage());
            }
            Thread.sleep(LOOK_AGAIN);
        }
        throw new BrokenException("the shop did not open in " + PATIENCE.toSeconds() + " s: " + last);
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
        return Inet.socketAddress(service.clusterIps().getFirst(), port);
    }

    private void scale(int replicas) throws IOException, InterruptedException {
        screen.say("scaling backend to " + replicas);
        client.patch(
                Resources.DEPLOYMENTS,
                new ObjectName(NAMESPACE, BACKEND),
                "scale",
                new Patch.Merge(Map.of("spec", Map.of("replicas", (long) replicas))));
    }

    /** Ends a backend's process without a word; empty where processes cannot be found. */
    private Optional<Death> kill(Watching pods) throws InterruptedException, BrokenException {
        Pod victim = pods.of(BACKEND).getFirst();
        Optional<ProcessHandle> process = PodProcess.of(victim.meta().uid());
        if (process.isEmpty()) {
            screen.say("this system does not show processes' environments; nobody is killed");
            return Optional.empty();
        }
        screen.say("killing the process of " + victim.name().name() + " (SIGKILL)");
        Death death = PodProcess.kill(process.get());
        if (!pods.await(BACKEND, all -> all.stream().anyMatch(pod -> !pod.ready()), PATIENCE)) {
            throw new BrokenException("nobody noticed that " + victim.name().name() + " was killed");
        }
        return Optional.of(death);
    }

    private void unready(Watching pods) throws IOException, InterruptedException, BrokenException {
        Pod pod = pods.of(BACKEND).getLast();
        InetSocketAddress at = Inet.socketAddress(pod.podIps().getFirst(), ECHO_PORT);
        screen.say(pod.name().name() + " fails its readiness probe");
        Shopper.get(instance, at, "POST", "/unready");
        boolean noticed = pods.await(BACKEND, all -> all.stream().anyMatch(each -> !each.ready()), PATIENCE);
        rest();
        screen.say(pod.name().name() + " recovers");
        Shopper.get(instance, at, "POST", "/ready");
        if (!noticed) {
            throw new BrokenException("the failing readiness probe was not noticed");
        }
        settle(pods, BACKEND, 2);
    }

    private void rollOut() throws IOException, InterruptedException {
        screen.say("rolling backend out as version 2");
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
            new CurlPod(instance, client, NAMESPACE).run(pods).ifPresent(screen::say);
        }
    }

    private boolean report(Shopper shopper, Watching pods, Optional<Death> killed) {
        Report report = new Report(shopper.samples(), pods.readyAt(), pods.unreadyAt(), killed);
        screen.say("");
        screen.say(report.text());
        return report.lost().isEmpty();
    }
}
