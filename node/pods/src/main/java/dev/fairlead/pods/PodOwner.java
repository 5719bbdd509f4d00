// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.network.SandboxRecord;
import dev.fairlead.pods.status.ContainerState;
import dev.fairlead.pods.status.PodObservation;
import dev.fairlead.pods.status.PodObservation.Complaint;
import dev.fairlead.pods.status.PodStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of one pod, on a virtual thread of its own. Everything that happens to the pod is a letter in its mailbox;
 * after the letters at hand it looks at where the pod stands, starts what is due, and offers the status that results.
 *
 * <p>The life of a pod: its network is made, init containers run one after the other, the containers run (again and again,
 * as its restart policy says) until all have ended for good or the pod's end is asked for. Then: out of rotation, stop,
 * last status, delete the object, forget.
 */
final class PodOwner {
    private static final System.Logger LOG = System.getLogger(PodOwner.class.getName());
    private static final Duration GONE_GRACE = Duration.ofSeconds(1);
    private static final List<Duration> LOOKS =
            Stream.of(100, 300, 1000, 3000).map(Duration::ofMillis).toList();
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration CHECK_AFTER = Duration.ofSeconds(2);

    private final PodContext context;
    private final Runnable forgotten;
    private final Mailbox mailbox;
    private final PodSpec pod;
    private final StatusWriter writer;
    private final List<ContainerRun> init;
    private final List<ContainerRun> containers;
    private final CompletableFuture<@Nullable Void> hurry = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<@Nullable Void>();
    private final Instant startTime;
    private final PodCgroups cgroups;

    private Tree object;
    private @Nullable PodRecord earlier;
    private @Nullable Map<String, Object> offered;
    private @Nullable SandboxRecord place;
    private @Nullable Sandbox sandbox;
    private boolean networkUp;
    private int networkFailures;
    private boolean networkDue = true;
    private @Nullable Complaint complaint;
    private int looks;

    private boolean checking;
    private boolean inert;
    private boolean ending;
    private boolean stopBegun;
    private long endAt;
    private Duration endGrace = Duration.ZERO;
    private boolean stopped;
    private boolean shuttingDown;
    private @Nullable Runnable whenDown;
    private boolean objectGone;
    private boolean deleting;
    private volatile PodLogs.@Nullable Source logSource;

    PodOwner(PodContext context, Tree object, @Nullable PodRecord record, Runnable forgotten) {
        this.context = context;
        this.object = object;
        this.forgotten = forgotten;
        this.pod = PodSpec.from(object);
        this.cgroups = new PodCgroups(context.settings().cgroup(), pod.uid());
        this.mailbox = new Mailbox("pod " + pod.name());
        this.writer = new StatusWriter(context.api(), context.time(), pod.name(), pod.uid());
        boolean initFirst = !pod.initContainers().isEmpty();
        this.init = runs(pod.initContainers(), true, initFirst);
        this.containers = runs(pod.containers(), false, initFirst);
        String phase = object.tree("status").text("phase", "Pending");
        this.inert = record == null && (phase.equals("Succeeded") || phase.equals("Failed"));
        Instant before = ContainerState.instant(object.tree("status").text("startTime"));
        this.startTime = record != null
                ? record.startTime()
                : before != null ? before : context.time().now();
        this.place = record == null ? null : record.sandbox();
        this.earlier = record;
        mailbox.post(() -> {}); // to be looked at once
    }

    private List<ContainerRun> runs(List<ContainerSpec> specs, boolean first, boolean initFirst) {
        return specs.stream()
                .map(spec -> new ContainerRun(this, context, spec, first, initFirst))
                .toList();
    }

    void start() {
        Thread.ofVirtual().name("pod-" + pod.name()).start(() -> mailbox.run(this::step));
    }

    // ---- what others may ask, from any thread

    ObjectName name() {
        return pod.name();
    }

    String uid() {
        return pod.uid();
    }

    PodSpec pod() {
        return pod;
    }

    PodLogs.@Nullable Source logSource() {
        return logSource;
    }

    void post(Runnable letter) {
        mailbox.post(letter);
    }

    /** The pod object as it is now. */
    void seen(Tree now) {
        post(() -> {
            object = now;
            if (ObjectTimes.deleting(now)) {
                beginEnd(ObjectTimes.grace(now, pod.grace()));
            }
            checkLater();
        });
    }

    /** The pod object is gone: nobody waits for this pod any more. */
    void gone() {
        post(() -> {
            objectGone = true;
            writer.close();
            hurry.complete(null);
            beginEnd(GONE_GRACE);
        });
    }

    /**
     * Ends the processes and keeps the object and the record.
     *
     * @return completes when they have ended and that is told; also when the pod is forgotten meanwhile
     */
    CompletableFuture<@Nullable Void> shutDown(Duration grace) {
        CompletableFuture<@Nullable Void> down = new CompletableFuture<@Nullable Void>();
        var _ = over.thenRun(() -> down.complete(null)); // whose mailbox is closed answers no letter any more
        post(() -> {
            shuttingDown = true;
            var _ = stopAll(grace).thenRun(() -> post(() -> whenDown = () -> down.complete(null)));
        });
        return down;
    }

    /** Lets go: the processes go on running. */
    void close() {
        post(() -> {
            all().forEach(ContainerRun::close);
            writer.close();
            if (sandbox != null) {
                sandbox.close();
            }
            mailbox.close();
            over.complete(null);
        });
    }

    // ---- what the containers ask, on the owner's thread

    boolean ending() {
        return ending || shuttingDown;
    }

    boolean shuttingDown() {
        return shuttingDown;
    }

    Sandbox sandbox() {
        return Objects.requireNonNull(sandbox, "a container runs only inside a network");
    }

    Surroundings surroundings() {
        return new Surroundings(context, pod, sandbox(), cgroups);
    }

    PodCgroups cgroups() {
        return cgroups;
    }

    void wakeAt(Instant due) {
        Duration wait = Duration.between(context.time().now(), due);
        context.time().schedule(wait.isNegative() ? Duration.ZERO : wait, () -> post(() -> {}));
    }

    void event(String fieldPath, boolean warning, String reason, String message) {
        context.events().record(new PodEvents.Event(pod.name(), pod.uid(), fieldPath, warning, reason, message));
    }

    /** Writes down what the next life must know. */
    void save() {
        Map<String, PodRecord.ContainerRecord> records = new LinkedHashMap<>();
        all().forEach(run -> records.put(run.spec().name(), run.record()));
        context.records()
                .save(new PodRecord(pod.name(), pod.uid(), context.records().currentBoot(), startTime, place, records));
    }

    /** Writes down a new place; what an earlier life knew of containers stays until it is taken up. */
    private void savePlace() {
        PodRecord before = earlier;
        if (before == null) {
            save();
        } else {
            context.records()
                    .save(new PodRecord(pod.name(), pod.uid(), before.boot(), startTime, place, before.containers()));
        }
    }

    /** Looks whether the pod's processes use the network as they should. */
    void inspect() {
        complaint = sandbox == null || ending() ? null : sandbox.inspect(sessions());
    }

    // ---- the loop

    /**
     * Takes up what an earlier life left, as soon as the network is there: before that nothing may be started, or a
     * process that still runs would get a twin.
     */
    private void takeUp(PodRecord record) {
        earlier = null;
        boolean sameBoot = record.boot().equals(context.records().currentBoot());
        all().forEach(run -> {
            PodRecord.ContainerRecord container =
                    record.containers().get(run.spec().name());
            if (container != null) {
                run.adopt(container, sameBoot, told(run));
            }
        });
        watchNetworkUse();
        save();
    }

    /** The pod object went away before what an earlier life left could be taken up. */
    private void endUntaken(PodRecord record) {
        if (objectGone) {
            Thread.ofVirtual().name("end-" + pod.name()).start(() -> Leftover.end(context, record));
            mailbox.close();
            over.complete(null);
            forgotten.run();
        }
    }

    /** The container's status as the API has it. */
    private Tree told(ContainerRun run) {
        Tree status = object.tree("status");
        return Stream.concat(status.trees("initContainerStatuses").stream(), status.trees("containerStatuses").stream())
                .filter(container ->
                        container.text("name", "").equals(run.spec().name()))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    private void step() {
        if (inert && !ending) {
            tellDown();
            return;
        }
        if (earlier != null) {
            openNetwork();
            if (sandbox == null) {
                endUntaken(earlier);
                tellDown();
                return;
            }
            takeUp(earlier);
        }
        if (ending) {
            beginStop();
            if (stopped && all().noneMatch(ContainerRun::running)) {
                finish();
            }
        } else if (!shuttingDown) {
            openNetwork();
            startDue();
            endForGood();
        }
        publish();
        tellDown();
    }

    /** The orderly stop is over when the last exit has been seen and told, for nobody shall be sent here any more. */
    private void tellDown() {
        Runnable done = whenDown;
        if (done != null && all().noneMatch(ContainerRun::running)) {
            whenDown = null;
            if (sandbox != null) {
                sandbox.end();
            }
            var _ = writer.quiet().thenRun(done);
        }
    }

    private void openNetwork() {
        if (sandbox != null || !networkDue || done()) {
            return;
        }
        if (earlier != null
                && place != null
                && !earlier.boot().equals(context.records().currentBoot())) {
            place = place.heldBy(0, 0); // pids of another boot mean nothing
        }
        try {
            if (place == null) {
                place = context.network().allocate(pod);
                savePlace();
            }
            sandbox = context.network().open(pod, place, completed -> {
                place = completed;
                savePlace();
            });
            networkUp = true;
            networkFailures = 0;
        } catch (IOException | RuntimeException refused) {
            LOG.log(System.Logger.Level.WARNING, "no network for pod {0}: {1}", pod.name(), refused.getMessage());
            event("", true, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + refused.getMessage());
            networkDue = false;
            Duration wait = Duration.ofSeconds(1L << Math.min(networkFailures++, 4));
            context.time().schedule(wait, () -> post(() -> networkDue = true));
        }
    }

    private void startDue() {
        if (sandbox == null) {
            return;
        }
        long before = sessions().size();
        boolean initialized = true;
        for (ContainerRun run : init) {
            if (!initialized) {
                break;
            }
            if (!run.initialized() || run.spec().sidecar()) {
                run.startIfDue();
            }
            initialized = run.initialized();
        }
        if (initialized) {
            containers.forEach(ContainerRun::startIfDue);
        }
        if (sessions().size() > before) {
            watchNetworkUse();
        }
    }

    /** When every container has ended for good, sidecars are ended and the network goes. */
    private void endForGood() {
        if (!done()) {
            return;
        }
        List<ContainerRun> sidecars =
                init.stream().filter(ContainerRun::running).toList();
        if (!sidecars.isEmpty()) {
            sidecars.forEach(run -> {
                var _ = run.stop(pod.grace(), hurry);
                run.retire();
            });
        } else if (networkUp && sandbox != null) {
            networkUp = false;
            sandbox.end();
        }
    }

    /** Whether no container will run again (sidecars aside, which end with the others). */
    private boolean done() {
        boolean initFailed = init.stream()
                .anyMatch(run ->
                        run.finished() && !run.initialized() && !run.spec().sidecar());
        return initFailed || (!containers.isEmpty() && containers.stream().allMatch(ContainerRun::finished));
    }

    private void publish() {
        logSource =
                new PodLogs.Source(pod.uid(), all().map(ContainerRun::logSource).toList(), containers.size());
        if (objectGone || deleting || inert) {
            return;
        }
        boolean over = (ending && stopped || done()) && all().noneMatch(ContainerRun::running);
        Map<String, Object> status = PodStatus.of(
                new PodObservation(
                        pod,
                        Tree.of(Map.of("conditions", conditions())),
                        object.tree("metadata").whole("generation", 0),
                        init.stream().map(ContainerRun::observation).toList(),
                        containers.stream().map(ContainerRun::observation).toList(),
                        networkUp,
                        over,
                        place == null
                                ? List.of()
                                : place.addresses().stream()
                                        .map(IpAddress::toString)
                                        .toList(),
                        context.settings().nodeIps().stream()
                                .map(IpAddress::toString)
                                .toList(),
                        startTime,
                        complaint),
                context.time().now());
        offered = status;
        writer.offer(status);
    }

    /**
     * Somebody may have written over our status. Looked at a little later, because the object seen may just be older than
     * our last write.
     */
    private void checkLater() {
        if (!checking && offered != null && !sameStatus()) {
            checking = true;
            context.time()
                    .schedule(
                            CHECK_AFTER,
                            () -> post(() -> {
                                checking = false;
                                if (!sameStatus()) {
                                    writer.repeat();
                                }
                            }));
        }
    }

    private boolean sameStatus() {
        Tree own = Tree.of(offered);
        Tree there = object.tree("status");
        return Objects.equals(own.value("phase"), there.value("phase"))
                && Objects.equals(own.value("podIP"), there.value("podIP"))
                && Objects.equals(own.value("containerStatuses"), there.value("containerStatuses"));
    }

    /** Our own conditions as last offered, all others as the API has them. */
    private List<Object> conditions() {
        List<Object> merged = new ArrayList<>();
        Set<String> own = new HashSet<>();
        for (Tree condition : Tree.of(offered).trees("conditions")) {
            own.add(condition.text("type", ""));
            merged.add(condition.fields());
        }
        for (Tree condition : object.tree("status").trees("conditions")) {
            if (!own.contains(condition.text("type", ""))) {
                merged.add(condition.fields());
            }
        }
        return merged;
    }

    // ---- the end

    private void beginEnd(Duration grace) {
        if (!ending) {
            ending = true;
            complaint = null;
            endAt = context.time().nanos() + grace.toNanos();
            endGrace = grace;
            if (grace.isZero()) {
                hurry.complete(null);
            }
        }
    }

    /** The way to the end of the processes, once. */
    private void beginStop() {
        if (stopBegun) {
            return;
        }
        stopBegun = true;
        all().forEach(ContainerRun::retire);
        if (all().noneMatch(ContainerRun::running)) {
            stopped = true;
            return;
        }
        PodEnding waiting = new PodEnding(context.rotation(), sandbox, context.time(), hurry);
        Tree terminating = object;
        Duration grace = endGrace;
        Set<Long> sessions = sessions();
        Thread.ofVirtual().name("end-" + pod.name()).start(() -> {
            try {
                String note = waiting.await(terminating, grace, sessions);
                post(() -> {
                    if (!note.isEmpty()) {
                        event("", true, "StillInRotation", note);
                    }
                    Duration left =
                            Duration.ofNanos(Math.max(0, endAt - context.time().nanos()));
                    var _ = stopAll(left).thenRun(() -> post(() -> stopped = true));
                });
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Stops the containers, and after them the sidecars, the last one first. */
    private CompletableFuture<@Nullable Void> stopAll(Duration grace) {
        long end = context.time().nanos() + grace.toNanos();
        List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
        Stream.concat(
                        containers.stream(),
                        init.stream().filter(run -> !run.spec().sidecar()))
                .filter(ContainerRun::running)
                .forEach(run -> {
                    run.sayKilling();
                    stops.add(run.stop(grace, hurry));
                });
        CompletableFuture<@Nullable Void> all = Waiting.all(stops);
        for (ContainerRun sidecar : init.reversed()) {
            if (sidecar.spec().sidecar() && sidecar.running()) {
                all = all.thenCompose(before -> {
                    CompletableFuture<@Nullable Void> next = new CompletableFuture<@Nullable Void>();
                    post(() -> {
                        Duration left = Duration.ofNanos(
                                Math.max(0, end - context.time().nanos()));
                        var _ = sidecar.stop(left, hurry).thenRun(() -> next.complete(null));
                    });
                    return next;
                });
            }
        }
        return all;
    }

    /** All processes have ended: the last status, then the object, then our own memory of it. */
    private void finish() {
        if (objectGone) {
            forget();
        } else if (!deleting) {
            networkUp = false;
            publish();
            deleting = true;
            var _ = writer.quiet()
                    .thenRun(() ->
                            Thread.ofVirtual().name("delete-" + pod.name()).start(this::deleteObject));
        }
    }

    private void deleteObject() {
        Duration retry = Duration.ofMillis(50);
        try {
            while (context.api().delete(pod.name(), pod.uid()) == PodApi.Answer.RETRY) {
                Waiting.pause(context.time(), retry);
                retry = retry.compareTo(Duration.ofSeconds(5)) < 0 ? retry.multipliedBy(2) : retry;
            }
            post(this::forget);
        } catch (InterruptedException stoppedWaiting) {
            Thread.currentThread().interrupt();
        }
    }

    private void forget() {
        writer.close();
        if (sandbox != null) {
            sandbox.end();
            sandbox.close();
        }
        if (place != null) {
            context.network().release(place);
        }
        cgroups.remove();
        context.logs().remove(pod.name(), pod.uid());
        context.records().remove(pod.uid());
        mailbox.close();
        over.complete(null);
        forgotten.run();
    }

    // ---- how the pod's processes use the network

    private void watchNetworkUse() {
        looks = 0;
        lookLater();
    }

    private void lookLater() {
        int look = looks++;
        Duration wait = look < LOOKS.size() ? LOOKS.get(look) : LOOK_EVERY;
        context.time()
                .schedule(
                        wait,
                        () -> post(() -> {
                            if (looks == look + 1 && !ending() && !done()) {
                                inspect();
                                lookLater();
                            }
                        }));
    }

    private Set<Long> sessions() {
        Set<Long> sessions = new HashSet<>();
        all().filter(ContainerRun::running).forEach(run -> sessions.add(run.session()));
        return sessions;
    }

    private Stream<ContainerRun> all() {
        return Stream.concat(init.stream(), containers.stream());
    }
}
