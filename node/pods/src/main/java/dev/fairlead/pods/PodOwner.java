// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.status.ContainerState;
import dev.fairlead.pods.status.PodObservation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of one pod, on a virtual thread of its own. Everything that happens to the pod is a letter in its mailbox;
 * after the letters at hand it looks at where the pod stands, starts what is due, and offers the status that results.
 *
 * <p>The life of a pod: its network is made ({@link PodPlace}), its {@link Containers} run until all have ended for good or
 * the pod's end is asked for ({@link PodEnd}): out of rotation, stop, last status, delete the object, forget.
 */
final class PodOwner {
    private static final Duration GONE_GRACE = Duration.ofSeconds(1);

    private final PodScope scope;
    private final Runnable forgotten;
    private final PodCgroups cgroups;
    private final PodTokens tokens;
    private final Containers containers;
    private final PodPlace place;
    private final NetworkUse use;
    private final StatusReport report;
    private final PodEnd end;
    private final Instant startTime;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    private Tree object;
    private @Nullable PodRecord earlier;
    private final boolean inert;
    private boolean shuttingDown;
    private @Nullable Runnable whenDown;
    private boolean objectGone;
    private volatile PodLogs.@Nullable Source logSource;
    private volatile Set<Long> sessions = Set.of();

    PodOwner(PodContext context, Tree object, @Nullable PodRecord record, Runnable forgotten) {
        PodSpec pod = PodSpec.from(object);
        this.object = object;
        this.forgotten = forgotten;
        this.earlier = record;
        this.scope = new PodScope(context, pod, new Mailbox("pod " + pod.name()));
        this.cgroups = new PodCgroups(context.settings().cgroup(), pod.uid());
        this.tokens = new PodTokens(scope);
        this.containers = new Containers(scope, spec -> new ContainerRun(this, scope, spec));
        this.place = new PodPlace(scope, record, this::save);
        this.use = new NetworkUse(scope, place, containers::sessions, () -> ending() || containers.done());
        this.report = new StatusReport(scope);
        this.end = new PodEnd(scope, containers, place);
        String phase = object.tree("status").text("phase", "Pending");
        this.inert = record == null && (phase.equals("Succeeded") || phase.equals("Failed"));
        Instant before = ContainerState.instant(object.tree("status").text("startTime"));
        this.startTime = record != null
                ? record.startTime()
                : before != null ? before : context.time().now();
        scope.look();
    }

    void start() {
        Thread.ofVirtual().name("pod-" + name()).start(() -> scope.mailbox().run(this::step));
    }

    // ---- what others may ask, from any thread

    ObjectName name() {
        return scope.pod().name();
    }

    PodLogs.@Nullable Source logSource() {
        return logSource;
    }

    /** A container's running process; null when none runs. */
    CompletableFuture<@Nullable ContainerProcess> process(String container) {
        return asked(() -> {
            ContainerRun run = containers.named(container);
            return run == null ? null : run.process();
        });
    }

    /** The place on the network, null while there is none. */
    CompletableFuture<@Nullable Sandbox> sandbox() {
        return asked(place::sandbox);
    }

    /** What the owner's thread answers; null from an owner that has gone. */
    private <T> CompletableFuture<@Nullable T> asked(Supplier<@Nullable T> question) {
        CompletableFuture<@Nullable T> answer = new CompletableFuture<>();
        var _ = over.thenRun(() -> answer.complete(null));
        scope.post(() -> answer.complete(question.get()));
        return answer;
    }

    /** The sessions of the processes that run. */
    Set<Long> sessions() {
        return sessions;
    }

    /** The pod object as it is now. */
    void seen(Tree now) {
        scope.post(() -> {
            object = now;
            if (ObjectTimes.deleting(now)) {
                beginEnd(ObjectTimes.grace(now, scope.pod().grace()));
            }
            report.seen(now);
        });
    }

    /** The pod object is gone: nobody waits for this pod any more. */
    void gone() {
        scope.post(() -> {
            objectGone = true;
            report.close();
            end.hurry();
            beginEnd(GONE_GRACE);
        });
    }

    /**
     * Ends the processes and keeps the object and the record.
     *
     * @return completes when they have ended and that is told; also when the pod is forgotten meanwhile
     */
    CompletableFuture<@Nullable Void> shutDown(Duration grace) {
        CompletableFuture<@Nullable Void> down = new CompletableFuture<>();
        var _ = over.thenRun(() -> down.complete(null)); // whose mailbox is closed answers no letter any more
        scope.post(() -> {
            shuttingDown = true;
            CompletableFuture<@Nullable Void> stopped = earlier == null
                    ? containers.stop(grace, end.hurried())
                    : Leftover.stop(
                            scope.context(), earlier, grace); // not taken up yet, which its network may delay for long
            var _ = stopped.thenRun(() -> scope.post(() -> whenDown = () -> down.complete(null)));
        });
        return down;
    }

    /** Lets go: processes go on running, actors end. */
    void close() {
        scope.post(() -> {
            containers.close();
            report.close();
            place.close();
            leave();
        });
    }

    // ---- what the containers ask, on the owner's thread

    boolean ending() {
        return end.begun() || shuttingDown;
    }

    boolean shuttingDown() {
        return shuttingDown;
    }

    /** The pod as the API has it. */
    Tree object() {
        return object;
    }

    PodPlace place() {
        return place;
    }

    Surroundings surroundings() {
        return new Surroundings(scope.context(), scope.pod(), place.required(), cgroups, tokens);
    }

    PodCgroups cgroups() {
        return cgroups;
    }

    /** A readiness probe has changed its mind: what it heard may come from somebody else's process. */
    void inspect() {
        use.look();
    }

    /**
     * Writes down what the next life must know. What an earlier life knew of containers stays until it is taken up.
     */
    void save() {
        Records records = scope.context().records();
        PodRecord before = earlier;
        String boot = before == null ? records.currentBoot() : before.boot();
        Map<String, PodRecord.ContainerRecord> known = before == null ? containers.records() : before.containers();
        records.save(new PodRecord(name(), scope.pod().uid(), boot, startTime, place.record(), known));
    }

    // ---- the loop

    private void step() {
        if (inert && !end.begun()) {
            tellDown();
            return;
        }
        if (earlier != null && !takenUp(earlier)) {
            tellDown();
            return;
        }
        if (end.begun()) {
            end.stop(object);
            if (end.stopped() && containers.noneRuns()) {
                finish();
            }
        } else if (!shuttingDown) {
            run();
        }
        publish();
        tellDown();
    }

    private void run() {
        if (!containers.done()) {
            place.open();
        }
        if (place.sandbox() != null && containers.startDue()) {
            use.watch();
        }
        if (containers.done() && !containers.endSidecars(end.hurried()) && place.up()) {
            place.end();
        }
    }

    /**
     * Takes up what an earlier life left, as soon as the network is there: before that nothing may be started, or a
     * process that still runs would get a twin.
     */
    private boolean takenUp(PodRecord record) {
        place.open();
        if (place.sandbox() == null) {
            if (objectGone) { // before anything could be taken up
                var _ = Leftover.end(scope.context(), record);
                leave();
                forgotten.run();
            }
            return false;
        }
        earlier = null;
        boolean sameBoot = record.boot().equals(scope.context().records().currentBoot());
        containers.adopt(record.containers(), sameBoot, object.tree("status"));
        use.watch();
        save();
        return true;
    }

    /** The orderly stop is over when the last exit has been seen and told, for nobody shall be sent here any more. */
    private void tellDown() {
        Runnable done = whenDown;
        if (done != null && containers.noneRuns()) {
            whenDown = null;
            place.end();
            var _ = report.quiet().thenRun(done);
        }
    }

    /** Offers the status that follows from where the pod stands. */
    void publish() {
        logSource = containers.logSource();
        sessions = containers.sessions();
        if (objectGone || end.deleting() || inert) {
            return;
        }
        boolean ended = (end.begun() && end.stopped() || containers.done()) && containers.noneRuns();
        report.publish(new PodObservation(
                scope.pod(),
                report.conditions(object),
                object.tree("metadata").whole("generation", 0),
                containers.initObservations(),
                containers.observations(),
                place.up(),
                ended,
                place.addresses(),
                scope.context().settings().nodeIps().stream()
                        .map(IpAddress::toString)
                        .toList(),
                startTime,
                use.complaint()));
    }

    // ---- the end

    private void beginEnd(Duration grace) {
        if (!end.begun()) {
            use.forgive();
            end.begin(grace);
        }
    }

    /** All processes have ended: the last status, then the object, then our own memory of it. */
    private void finish() {
        if (objectGone) {
            forget();
        } else if (!end.deleting()) {
            place.down();
            publish();
            end.delete(report.quiet(), this::forget);
        }
    }

    private void forget() {
        report.close();
        place.release();
        cgroups.remove();
        scope.context().logs().remove(name(), scope.pod().uid());
        scope.context().records().remove(scope.pod().uid());
        leave();
        forgotten.run();
    }

    private void leave() {
        tokens.close();
        scope.mailbox().close();
        over.complete(null);
    }
}
