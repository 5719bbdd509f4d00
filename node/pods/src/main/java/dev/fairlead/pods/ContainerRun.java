// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.PodRecord.ContainerRecord;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec.RestartPolicy;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.status.ContainerObservation;
import dev.fairlead.pods.status.ContainerState.Terminated;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One container of one pod: has {@link ContainerStart} start its processes, one after the other, as {@link ContainerLife}
 * says, and tells it how each {@link ContainerProcess} ended. Belongs to the pod's owner and is touched on the owner's thread only.
 */
final class ContainerRun implements ContainerProcess.Container {
    private static final Duration CONFIGURATION_RETRY = Duration.ofSeconds(5);

    private final PodOwner owner;
    private final PodScope scope;
    private final ContainerSpec spec;
    private final ContainerLife life;
    private final ContainerStart start;
    private @Nullable ContainerProcess process;

    ContainerRun(PodOwner owner, PodScope scope, ContainerSpec spec) {
        this.owner = owner;
        this.scope = scope;
        this.spec = spec;
        this.life =
                new ContainerLife(spec, scope.pod(), scope.context().settings().backoff());
        this.start = new ContainerStart(owner, scope, spec, () -> scope.post(this::look));
    }

    ContainerSpec spec() {
        return spec;
    }

    boolean running() {
        return process != null;
    }

    /** Whether no further process of this container will be started. */
    boolean finished() {
        return life.finished();
    }

    /** Whether an init container lets those after it start. */
    boolean initialized() {
        return spec.sidecar() ? process != null && process.started() : life.succeeded();
    }

    /** The process that runs, null when none does. */
    @Nullable
    ContainerProcess process() {
        return process;
    }

    /** The session of the running process, 0 when none runs: also an actor has none. */
    long session() {
        return process == null ? 0 : process.occupant().session();
    }

    ContainerObservation observation() {
        return life.observation(process != null && process.started(), process != null && process.ready());
    }

    PodLogs.Container logSource() {
        return life.logSource();
    }

    /** What the next life must know. */
    ContainerRecord record() {
        return process == null
                ? life.record(0, 0)
                : life.record(process.occupant().session(), process.occupant().startTime());
    }

    // ---- starting

    /** Starts the next process, if one is due. */
    void startIfDue() {
        Instant now = scope.context().time().now();
        if (process != null || !life.isDue(now)) {
            return;
        }
        try {
            start(now);
        } catch (Surroundings.Unstartable unstartable) {
            cannotStart(unstartable.reason(), String.valueOf(unstartable.getMessage()), unstartable.forGood());
        } catch (UncheckedIOException | IOException refused) {
            cannotStart("CreateContainerError", String.valueOf(refused.getMessage()), false);
        }
    }

    private void start(Instant now) throws Surroundings.Unstartable, IOException {
        Supplier<Occupant> prepared = start.prepare(life.attempt() + 1);
        life.starting(now);
        Occupant occupant;
        try {
            occupant = prepared.get();
        } catch (KernelException refused) {
            ended(life.termination(128, "StartError", String.valueOf(refused.getMessage()), now));
            event(true, "Failed", "Error: " + refused.getMessage());
            owner.save();
            return;
        }
        ContainerProcess started = follow(occupant);
        life.running();
        if (occupant.outlives()) {
            owner.save();
        } else {
            scope.post(owner::save); // nobody has to find it again, so telling that it runs comes first
        }
        event(false, "Started", "Started container " + spec.name());
        started.begin();
    }

    private void cannotStart(String reason, String message, boolean forGood) {
        Instant again = forGood ? null : scope.context().time().now().plus(CONFIGURATION_RETRY);
        if (life.waiting(reason, message, again)) {
            event(true, "Failed", "Error: " + message);
        }
        if (again != null) {
            wakeAt(again);
        }
    }

    private void look() {
        if (process != null) {
            process.look();
        }
    }

    /** Takes over what runs. */
    private ContainerProcess follow(Occupant occupant) {
        ContainerProcess followed = new ContainerProcess(scope, occupant, this);
        process = followed;
        var _ = occupant.exit().whenComplete((exit, trouble) -> scope.post(() -> exited(followed, exit)));
        return followed;
    }

    /**
     * Takes up what an earlier life left: a process still running, or where the container stood.
     *
     * @param told the container's status in the API: a process that was ready stays so until a probe says otherwise, or a
     *     restart of Fairlead would take every pod out of its Services
     */
    void adopt(ContainerRecord record, boolean sameBoot, Tree told) {
        boolean ran = life.adopt(record, scope.context().settings().backoff());
        Instant due = life.due();
        if (due != null) {
            wakeAt(due);
        }
        if (!ran) {
            return;
        }
        Instant now = scope.context().time().now();
        Occupant found = sameBoot ? start.find(record) : null;
        if (found == null) {
            ended(life.unknownTermination(
                    "the process ended while nobody watched it, so its exit code is not known", now));
            return;
        }
        start.resume(life.attempt());
        owner.surroundings().keepTokens(spec);
        boolean same = told.text("containerID", "").equals(life.id());
        follow(found)
                .resume(
                        Duration.between(life.startedAt(), now),
                        same && told.truth("started", false),
                        same && told.truth("ready", false));
    }

    // ---- what its processes ask

    @Override
    public void event(boolean warning, String reason, String message) {
        boolean init = scope.pod().initContainers().contains(spec);
        scope.event(
                "spec." + (init ? "initContainers" : "containers") + "{" + spec.name() + "}", warning, reason, message);
    }

    @Override
    public void readinessChanged() {
        owner.inspect();
    }

    @Override
    public boolean restarts() {
        return life.restartPolicy() != RestartPolicy.NEVER;
    }

    // ---- ending

    /** Tells people that the container is stopped because its pod ends. */
    void sayKilling() {
        event(false, "Killing", "Stopping container " + spec.name());
    }

    /** Ends the running process, see {@link ContainerProcess#stop}; completes at once when none runs. */
    CompletableFuture<@Nullable Void> stop(Duration grace, CompletableFuture<?> hurry) {
        return process == null ? CompletableFuture.completedFuture(null) : process.stop(grace, hurry);
    }

    /** No further process is to be started. */
    void retire() {
        if (process != null) {
            process.retire();
        }
        life.retire(process != null);
    }

    private void exited(ContainerProcess followed, @Nullable Exit exit) {
        if (process != followed) {
            return;
        }
        followed.occupant().clear();
        Instant now = scope.context().time().now();
        ended(
                switch (exit) {
                    case Exit.Code(int code) -> life.termination(code, code == 0 ? "Completed" : "Error", "", now);
                    case Exit.Signalled(int signal) -> life.termination(128 + signal, "Error", "", now);
                    case Exit.Unknown _ -> startedEarlier(now);
                    case null -> startedEarlier(now);
                });
        owner.publish(); // before anything that takes time: until then new connections come here, and are refused
        owner.save();
    }

    private Terminated startedEarlier(Instant now) {
        return life.unknownTermination(
                "the process was started by an earlier run of Fairlead, so its exit code is not known", now);
    }

    private void ended(Terminated terminated) {
        if (process != null) {
            process.close();
            process = null;
        }
        scope.context().logs().ended(scope.pod().name(), scope.pod().uid(), spec.name(), life.attempt());
        if (owner.ending()) {
            life.endedWithItsPod(terminated, !owner.shuttingDown());
            return;
        }
        boolean backsOff = life.ended(terminated, scope.context().time().now());
        Instant due = life.due();
        if (backsOff) {
            event(true, "BackOff", "Back-off restarting failed container " + spec.name());
        }
        if (due != null) {
            wakeAt(due);
        }
    }

    private void wakeAt(Instant due) {
        scope.later(Duration.between(scope.context().time().now(), due), () -> {});
    }

    /** Lets go of the process without ending it; an actor ends. */
    void close() {
        if (process != null) {
            process.close();
            process.occupant().release();
        }
    }
}
