// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.PodRecord.ContainerRecord;
import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec.RestartPolicy;
import dev.fairlead.pods.definition.ProbeSpec;
import dev.fairlead.pods.log.LogFile;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.probe.ActionResult;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.pods.probe.Prober;
import dev.fairlead.pods.probe.Prober.Kind;
import dev.fairlead.pods.probe.Tally;
import dev.fairlead.pods.probe.Tally.Verdict;
import dev.fairlead.pods.status.Backoff;
import dev.fairlead.pods.status.ContainerObservation;
import dev.fairlead.pods.status.ContainerState;
import dev.fairlead.pods.status.ContainerState.Running;
import dev.fairlead.pods.status.ContainerState.Terminated;
import dev.fairlead.pods.status.ContainerState.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One container of one pod: its processes one after the other, their probes, their ends. Belongs to the pod's owner and
 * is touched on the owner's thread only; what happens elsewhere (an exit, an answer of a probe) is posted to it.
 */
final class ContainerRun {
    private static final Duration CONFIGURATION_RETRY = Duration.ofSeconds(5);

    private final PodOwner owner;
    private final PodContext context;
    private final ContainerSpec spec;
    private final boolean init;
    private final Map<Kind, Prober> probers = new EnumMap<>(Kind.class);

    private ContainerState state;
    private @Nullable Terminated last;
    private int starts;
    private int restarts;
    private Backoff backoff;
    private @Nullable Instant due;
    private boolean finished;
    private boolean hopeless;

    private @Nullable Child child;
    private @Nullable Spawn process;
    private Instant startedAt = Instant.EPOCH;
    private boolean hookPending;
    private boolean startupGood;
    private boolean readinessGood;
    private @Nullable CompletableFuture<@Nullable Void> stopping;

    ContainerRun(PodOwner owner, PodContext context, ContainerSpec spec, boolean init, boolean initFirst) {
        this.owner = owner;
        this.context = context;
        this.spec = spec;
        this.init = init;
        this.state = new Waiting(initFirst ? "PodInitializing" : "ContainerCreating", "");
        this.backoff = Backoff.none(context.settings().backoff());
    }

    ContainerSpec spec() {
        return spec;
    }

    boolean running() {
        return child != null;
    }

    /** Whether no further process of this container will be started. */
    boolean finished() {
        return finished;
    }

    boolean started() {
        return running() && !hookPending && (spec.startup() == null || startupGood);
    }

    boolean ready() {
        return started() && (spec.readiness() == null || readinessGood);
    }

    /** Whether an init container lets those after it start. */
    boolean initialized() {
        return spec.sidecar() ? started() : state instanceof Terminated ended && ended.succeeded();
    }

    /** The session of the running process, 0 when none runs. */
    long session() {
        return child == null ? 0 : child.pid();
    }

    ContainerObservation observation() {
        return new ContainerObservation(
                spec,
                state,
                last,
                restarts,
                started(),
                init && !spec.sidecar() ? state instanceof Terminated ended && ended.succeeded() : ready(),
                starts == 0 ? "" : id());
    }

    PodLogs.Container logSource() {
        return new PodLogs.Container(
                spec.name(),
                starts - 1,
                // while it waits to be started again, the process that ended is both the last and the one before
                state instanceof Waiting ? starts - 1 : starts - 2,
                state instanceof Waiting(String reason, String _) ? reason : "");
    }

    // ---- what the next life must know

    ContainerRecord record() {
        return new ContainerRecord(
                starts,
                restarts,
                child == null ? 0 : child.pid(),
                child == null ? 0 : child.startTime(),
                backoff.next(),
                due,
                state,
                last);
    }

    /**
     * Takes up what an earlier life left: a process still running, or where the container stood.
     *
     * @param told the container's status in the API: a process that was ready stays so until a probe says otherwise, or a
     *     restart of Fairlead would take every pod out of its Services
     */
    void adopt(ContainerRecord record, boolean sameBoot, Tree told) {
        starts = record.attempt();
        restarts = record.restarts();
        last = record.last();
        backoff = new Backoff(context.settings().backoff(), record.backoff());
        due = record.due();
        state = record.state();
        if (state instanceof Running(Instant since)) {
            startedAt = since;
            Child found = sameBoot && record.pid() > 0
                    ? Child.adopt(record.pid(), record.start()).orElse(null)
                    : null;
            if (found == null) {
                ended(new Terminated(
                        137,
                        "ContainerStatusUnknown",
                        "the process ended while nobody watched it, so its exit code is not known",
                        startedAt,
                        context.time().now(),
                        id()));
            } else {
                openLog();
                follow(found);
                hookPending = false;
                boolean same = told.text("containerID", "").equals(id());
                startupGood = same && told.truth("started", false);
                readinessGood = same && told.truth("ready", false);
                beginProbes();
            }
        } else if (state instanceof Terminated ended && !(due != null || restartable(ended))) {
            finished = true;
        } else if (due != null) {
            owner.wakeAt(due);
        }
    }

    // ---- starting

    /** Starts the next process, if one is due. */
    void startIfDue() {
        Instant now = context.time().now();
        if (child != null || finished || hopeless || (due != null && due.isAfter(now))) {
            return;
        }
        due = null;
        try {
            start(now);
        } catch (Surroundings.Unstartable unstartable) {
            cannotStart(unstartable.reason(), String.valueOf(unstartable.getMessage()));
        } catch (UncheckedIOException | IOException refused) {
            cannotStart("CreateContainerError", String.valueOf(refused.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(Instant now) throws Surroundings.Unstartable, IOException, InterruptedException {
        LogFile log = context.logs().open(owner.name(), owner.uid(), spec.name(), starts);
        Spawn spawn = owner.surroundings().process(spec, log.path());
        if (starts > 0) {
            restarts++;
        }
        starts++;
        if (state instanceof Terminated before) {
            last = before;
        }
        startedAt = now;
        process = spawn;
        try {
            follow(spawn.start());
        } catch (KernelException refused) {
            ended(new Terminated(128, "StartError", String.valueOf(refused.getMessage()), now, now, id()));
            event(true, "Failed", "Error: " + refused.getMessage());
            owner.save();
            return;
        }
        state = new Running(now);
        owner.save();
        event(false, "Started", "Started container " + spec.name());
        Action hook = spec.postStart();
        hookPending = hook != null;
        if (hook != null) {
            afterStart(hook);
        } else {
            beginProbes();
        }
    }

    private void cannotStart(String reason, String message) {
        if (!(state instanceof Waiting(String was, String why)) || !was.equals(reason) || !why.equals(message)) {
            event(true, "Failed", "Error: " + message);
        }
        state = new Waiting(reason, message);
        due = context.time().now().plus(CONFIGURATION_RETRY);
        if (reason.equals("NoCommand")) {
            due = null;
            hopeless = true; // a pod's command cannot be changed
        } else {
            owner.wakeAt(due);
        }
    }

    private void follow(Child started) {
        child = started;
        stopping = null;
        startupGood = false;
        readinessGood = false;
        var _ = started.exit().whenComplete((exit, trouble) -> owner.post(() -> exited(started, exit)));
    }

    private void afterStart(Action hook) {
        Child started = child;
        Actions actions = actions();
        Thread.ofVirtual().name("post-start-" + spec.name()).start(() -> {
            try {
                ActionResult result = actions.run(hook, Duration.ofHours(1));
                owner.post(() -> hooked(started, result));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void hooked(@Nullable Child started, ActionResult result) {
        if (child != started || child == null) {
            return;
        }
        hookPending = false;
        if (result.success()) {
            beginProbes();
        } else {
            event(true, "FailedPostStartHook", "PostStartHook failed: " + result.output());
            kill(
                    "Container " + spec.name() + " failed its postStart hook",
                    owner.pod().grace());
        }
    }

    // ---- probing

    private void beginProbes() {
        if (spec.startup() != null && !startupGood) {
            probe(Kind.STARTUP, spec.startup());
            return;
        }
        probe(Kind.LIVENESS, spec.liveness());
        probe(Kind.READINESS, spec.readiness());
    }

    private void probe(Kind kind, @Nullable ProbeSpec probe) {
        Child asked = child;
        if (probe == null || asked == null || probers.containsKey(kind)) {
            return;
        }
        Prober prober = new Prober(
                kind,
                probe,
                kind == Kind.READINESS && readinessGood ? Tally.good() : Tally.starting(kind),
                actions()::run,
                context.time(),
                (about, verdict, changed, extra, result) -> owner.post(() -> {
                    if (child == asked) {
                        answered(probe, about, verdict, changed, extra, result);
                    }
                }));
        probers.put(kind, prober);
        prober.start(Duration.between(startedAt, context.time().now()));
    }

    private void answered(
            ProbeSpec probe, Kind kind, Verdict verdict, boolean changed, boolean extra, ActionResult result) {
        if (!result.success() && !extra) {
            event(true, "Unhealthy", kind.word() + " probe failed: " + result.output());
        }
        if (!changed) {
            return;
        }
        boolean good = verdict == Verdict.GOOD;
        switch (kind) {
            case READINESS -> {
                readinessGood = good;
                owner.inspect();
            }
            case LIVENESS -> {
                if (!good) {
                    failed(kind, probe);
                }
            }
            case STARTUP -> {
                startupGood = good;
                if (good) {
                    stopProbe(Kind.STARTUP);
                    beginProbes();
                } else {
                    failed(kind, probe);
                }
            }
        }
    }

    private void failed(Kind kind, ProbeSpec probe) {
        Duration grace = probe.grace() == null ? owner.pod().grace() : probe.grace();
        kill(
                "Container " + spec.name() + " failed " + kind.word().toLowerCase(java.util.Locale.ROOT) + " probe"
                        + (restartPolicy() == RestartPolicy.NEVER ? "" : ", will be restarted"),
                grace);
    }

    private void stopProbe(Kind kind) {
        Prober prober = probers.remove(kind);
        if (prober != null) {
            prober.close();
        }
    }

    /** Stops asking whether the container should be started again; whether it is ready is still asked. */
    void retire() {
        stopProbe(Kind.LIVENESS);
        stopProbe(Kind.STARTUP);
        due = null;
        if (child == null && !finished) {
            finished = true;
            if (last != null && state instanceof Waiting) {
                state = last;
                last = null;
            } else if (!(state instanceof Terminated)) {
                state = new Terminated(
                        137,
                        "ContainerStatusUnknown",
                        "the pod was ended before this container was started",
                        null,
                        null,
                        "");
            }
        }
    }

    // ---- ending

    /** Tells people that the container is stopped because its pod ends. */
    void sayKilling() {
        event(false, "Killing", "Stopping container " + spec.name());
    }

    private void kill(String why, Duration grace) {
        event(false, "Killing", why);
        var _ = stop(grace, new CompletableFuture<>());
    }

    /**
     * Ends the running process: preStop hook, SIGTERM, SIGKILL when the grace is over or {@code hurry} completes.
     *
     * @return completes when it has ended; at once when none runs
     */
    CompletableFuture<@Nullable Void> stop(Duration grace, CompletableFuture<?> hurry) {
        Child ending = child;
        if (ending == null) {
            return CompletableFuture.completedFuture(null);
        }
        if (stopping != null) {
            var _ = hurry.thenRun(() -> ending.signalGroup(Signal.KILL));
            return stopping;
        }
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        stopping = done;
        stopProbe(Kind.LIVENESS);
        stopProbe(Kind.STARTUP);
        ContainerStop stop = new ContainerStop(ending, spec.preStop(), actions(), context.time(), hurry);
        Thread.ofVirtual().name("stop-" + spec.name()).start(() -> {
            try {
                String trouble = stop.run(grace);
                if (!trouble.isEmpty()) {
                    owner.post(() -> event(true, "FailedPreStopHook", "PreStopHook failed: " + trouble));
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    private void exited(Child ended, @Nullable Exit exit) {
        if (child != ended) {
            return;
        }
        ended.signalGroup(Signal.KILL); // what it started and left behind holds its ports
        owner.cgroups().kill(spec.name()); // and what left its group
        Instant now = context.time().now();
        Terminated terminated = switch (exit) {
            case Exit.Code(int code) ->
                new Terminated(code, code == 0 ? "Completed" : "Error", "", startedAt, now, id());
            case Exit.Signalled(int signal) -> new Terminated(128 + signal, "Error", "", startedAt, now, id());
            case Exit.Unknown _ -> unknown(now);
            case null -> unknown(now);
        };
        ended(terminated);
        owner.save();
    }

    private Terminated unknown(Instant now) {
        return new Terminated(
                137,
                "ContainerStatusUnknown",
                "the process was started by an earlier run of Fairlead, so its exit code is not known",
                startedAt,
                now,
                id());
    }

    private void ended(Terminated terminated) {
        child = null;
        hookPending = false;
        probers.values().forEach(Prober::close);
        probers.clear();
        context.logs().ended(owner.name(), owner.uid(), spec.name(), starts - 1);
        if (owner.ending() || !restartable(terminated)) {
            state = terminated;
            finished = !owner.shuttingDown();
            return;
        }
        Duration ran = Duration.between(startedAt, context.time().now());
        Duration wait = backoff.after(ran);
        backoff = backoff.ended(ran);
        due = context.time().now().plus(wait);
        if (wait.isZero()) {
            state = terminated;
            return;
        }
        last = terminated;
        String message = "back-off " + text(wait) + " restarting failed container=" + spec.name() + " pod="
                + owner.name().name() + "_" + owner.name().namespace() + "(" + owner.uid() + ")";
        state = new Waiting("CrashLoopBackOff", message);
        event(true, "BackOff", "Back-off restarting failed container " + spec.name());
        owner.wakeAt(due);
    }

    private boolean restartable(Terminated ended) {
        return switch (restartPolicy()) {
            case ALWAYS -> !init || spec.sidecar() || !ended.succeeded();
            case ON_FAILURE -> !ended.succeeded();
            case NEVER -> false;
        };
    }

    private RestartPolicy restartPolicy() {
        return spec.sidecar() ? RestartPolicy.ALWAYS : owner.pod().restartPolicy();
    }

    /** Lets go of the process without ending it. */
    void close() {
        probers.values().forEach(Prober::close);
        probers.clear();
    }

    private Actions actions() {
        return new Actions(
                spec, owner.sandbox(), this::process, context.records().folder(owner.uid()), context.time());
    }

    /** The process as it was started; for an adopted one as it would be started now. */
    private Spawn process() {
        Spawn known = process;
        if (known != null) {
            return known;
        }
        try {
            return owner.surroundings().process(spec, java.nio.file.Path.of("/dev/null"));
        } catch (Surroundings.Unstartable | InterruptedException impossible) {
            throw new KernelException("prepare " + spec.name(), 0, String.valueOf(impossible.getMessage()));
        }
    }

    private void openLog() {
        try {
            context.logs().open(owner.name(), owner.uid(), spec.name(), starts - 1);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private String id() {
        return "fairlead://" + owner.uid() + "-" + spec.name() + "-" + (starts - 1);
    }

    private void event(boolean warning, String reason, String message) {
        owner.event(
                "spec." + (init ? "initContainers" : "containers") + "{" + spec.name() + "}", warning, reason, message);
    }

    /** A duration as Kubernetes writes it: {@code 10s}, {@code 1m20s}. */
    private static String text(Duration wait) {
        if (wait.toSeconds() == 0) {
            return wait.toMillis() + "ms";
        }
        return (wait.toMinutes() > 0 ? wait.toMinutes() + "m" : "") + wait.toSecondsPart() + "s";
    }
}
