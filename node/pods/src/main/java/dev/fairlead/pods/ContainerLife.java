// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.PodRecord.ContainerRecord;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.PodSpec.RestartPolicy;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.status.Backoff;
import dev.fairlead.pods.status.ContainerObservation;
import dev.fairlead.pods.status.ContainerState;
import dev.fairlead.pods.status.ContainerState.Running;
import dev.fairlead.pods.status.ContainerState.Terminated;
import dev.fairlead.pods.status.ContainerState.Waiting;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one container stands over its processes: how often it was started, how they ended, whether and when another one is
 * due. Decides and touches nothing; times are given. Not safe for use by many threads.
 */
final class ContainerLife {
    /** What there is to tell of a process whose exit code nobody was told. */
    static final String UNKNOWN = "ContainerStatusUnknown";

    private static final int KILLED = 137;

    private final ContainerSpec spec;
    private final PodSpec pod;
    private final boolean init;
    private ContainerState state;
    private @Nullable Terminated last;
    private int starts;
    private int restarts;
    private Backoff backoff;
    private @Nullable Instant due;
    private Instant startedAt = Instant.EPOCH;
    private boolean finished;
    private boolean retired;

    /** A container that has not been started yet. */
    ContainerLife(ContainerSpec spec, PodSpec pod, Backoff.Limits limits) {
        this.spec = spec;
        this.pod = pod;
        this.init = pod.initContainers().contains(spec);
        this.state = new Waiting(pod.initContainers().isEmpty() ? "ContainerCreating" : "PodInitializing", "");
        this.backoff = Backoff.none(limits);
    }

    /** Whether another process should be started now. */
    boolean isDue(Instant now) {
        return !finished && (due == null || !due.isAfter(now));
    }

    /** When another process is due; null for at once, or never. */
    @Nullable
    Instant due() {
        return due;
    }

    /** Whether no further process will be started. */
    boolean finished() {
        return finished;
    }

    /** The number of the current or last process; negative before the first. */
    int attempt() {
        return starts - 1;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Whether it ended well. */
    boolean succeeded() {
        return state instanceof Terminated ended && ended.succeeded();
    }

    /** The identity of the current or last process. */
    String id() {
        return "fairlead://" + pod.uid() + "-" + spec.name() + "-" + attempt();
    }

    RestartPolicy restartPolicy() {
        return spec.sidecar() ? RestartPolicy.ALWAYS : pod.restartPolicy();
    }

    // ---- what happens to it

    /** The next process is about to be started. */
    void starting(Instant now) {
        if (starts > 0) {
            restarts++;
        }
        starts++;
        if (state instanceof Terminated before) {
            last = before;
        }
        due = null;
        startedAt = now;
    }

    /** It runs. */
    void running() {
        state = new Running(startedAt);
    }

    /** It cannot be started as it is; {@code again} is null when that will not change. Whether that is news. */
    boolean waiting(String reason, String message, @Nullable Instant again) {
        boolean news =
                !(state instanceof Waiting(String was, String why)) || !was.equals(reason) || !why.equals(message);
        state = new Waiting(reason, message);
        due = again == null ? Instant.MAX : again;
        return news;
    }

    /** How the process that ended now is told of. */
    Terminated termination(int code, String reason, String message, Instant now) {
        return new Terminated(code, reason, message, startedAt, now, id());
    }

    /** The same for one whose exit code nobody was told. */
    Terminated unknownTermination(String why, Instant now) {
        return termination(KILLED, UNKNOWN, why, now);
    }

    /** Its pod ends: there will be no other process. */
    void endedWithItsPod(Terminated terminated, boolean forGood) {
        state = terminated;
        finished = forGood;
    }

    /** Its process ended by itself. Whether it now has to wait before the next one. */
    boolean ended(Terminated terminated, Instant now) {
        if (!restartable(terminated)) {
            endedWithItsPod(terminated, true);
            return false;
        }
        Duration ran = Duration.between(startedAt, now);
        Duration wait = backoff.after(ran);
        backoff = backoff.ended(ran);
        due = now.plus(wait);
        if (wait.isZero()) {
            state = terminated;
            return false;
        }
        last = terminated;
        state = new Waiting(
                "CrashLoopBackOff",
                "back-off " + text(wait) + " restarting failed container=" + spec.name() + " pod="
                        + pod.name().name() + "_" + pod.name().namespace() + "(" + pod.uid() + ")");
        return true;
    }

    private boolean restartable(Terminated ended) {
        return !retired
                && switch (restartPolicy()) {
                    case ALWAYS -> !init || spec.sidecar() || !ended.succeeded();
                    case ON_FAILURE -> !ended.succeeded();
                    case NEVER -> false;
                };
    }

    /** No further process is wanted; one that runs may go on. */
    void retire(boolean running) {
        retired = true;
        due = null;
        if (running || finished) {
            return;
        }
        finished = true;
        if (last != null && state instanceof Waiting) {
            state = last;
            last = null;
        } else if (!(state instanceof Terminated)) {
            state = new Terminated(
                    KILLED, UNKNOWN, "the pod was ended before this container was started", null, null, "");
        }
    }

    // ---- what is told and kept of it

    ContainerObservation observation(boolean started, boolean ready) {
        return new ContainerObservation(
                spec,
                state,
                last,
                restarts,
                started,
                init && !spec.sidecar() ? succeeded() : ready,
                starts == 0 ? "" : id());
    }

    PodLogs.Container logSource() {
        return new PodLogs.Container(
                spec.name(),
                attempt(),
                // while it waits to be started again, the process that ended is both the last and the one before
                state instanceof Waiting ? attempt() : attempt() - 1,
                state instanceof Waiting(String reason, String _) ? reason : "");
    }

    /** What the next life must know; pid and start time are those of the process that runs, or 0. */
    ContainerRecord record(long pid, long start) {
        Instant kept = Instant.MAX.equals(due) ? null : due;
        return new ContainerRecord(starts, restarts, pid, start, backoff.next(), kept, state, last);
    }

    /** Stands where an earlier life left it. Whether a process ran then. */
    boolean adopt(ContainerRecord record, Backoff.Limits limits) {
        starts = record.attempt();
        restarts = record.restarts();
        last = record.last();
        backoff = new Backoff(limits, record.backoff());
        due = record.due();
        state = record.state();
        if (state instanceof Running(Instant since)) {
            startedAt = since;
            return true;
        }
        finished = state instanceof Terminated ended && due == null && !restartable(ended);
        return false;
    }

    /** A duration as Kubernetes writes it: {@code 10s}, {@code 1m20s}. */
    private static String text(Duration wait) {
        if (wait.toSeconds() == 0) {
            return wait.toMillis() + "ms";
        }
        return (wait.toMinutes() > 0 ? wait.toMinutes() + "m" : "") + wait.toSecondsPart() + "s";
    }
}
