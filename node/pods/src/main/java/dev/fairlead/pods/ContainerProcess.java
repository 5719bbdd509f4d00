// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.ProbeSpec;
import dev.fairlead.pods.probe.ActionResult;
import dev.fairlead.pods.probe.Prober.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One running process of a container, or what plays one, from its start (or adoption) to its exit: postStart hook, probes,
 * preStop hook and signals. On the owner's thread only; what takes time happens elsewhere and is posted.
 */
final class ContainerProcess implements Probing.Listener {
    /** What a process asks of its container. */
    interface Container {
        void event(boolean warning, String reason, String message);

        /** A readiness probe has changed its mind. */
        void readinessChanged();

        /** Whether the container will be started again when this process is ended. */
        boolean restarts();
    }

    private static final Duration HOOK = Duration.ofHours(1);

    private final PodScope scope;
    private final Occupant occupant;
    private final Container container;
    private ContainerSpec spec;
    private Probing probing;
    private long since;
    private boolean hookPending;
    private boolean ending;
    private boolean closed;
    private @Nullable CompletableFuture<@Nullable Void> stopping;

    ContainerProcess(PodScope scope, Occupant occupant, Container container) {
        this.scope = scope;
        this.spec = occupant.spec();
        this.occupant = occupant;
        this.container = container;
        this.probing = new Probing(scope, spec, occupant.actions(), this);
        this.since = scope.context().time().nanos();
    }

    Occupant occupant() {
        return occupant;
    }

    boolean started() {
        return !hookPending && probing.started();
    }

    boolean ready() {
        return started() && probing.ready() && occupant.ready();
    }

    /** It was started just now. */
    void begin() {
        Action hook = spec.postStart();
        if (hook == null) {
            probing.begin(Duration.ZERO);
            return;
        }
        hookPending = true;
        Thread.ofVirtual().name("post-start-" + spec.name()).start(() -> {
            try {
                ActionResult result = occupant.actions().run(hook, HOOK);
                scope.post(() -> hooked(result));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** An earlier life started it so long ago, and had found out so much. */
    void resume(Duration running, boolean started, boolean ready) {
        since -= running.toNanos();
        probing.take(started, ready);
        probing.begin(running);
    }

    /**
     * It may take part in other probes and hooks than before: those are asked from now on, and until they say otherwise it is
     * what it was.
     */
    void look() {
        ContainerSpec now = occupant.spec();
        if (closed || ending || now.equals(spec)) {
            return;
        }
        Probing before = probing;
        before.close();
        spec = now;
        probing = new Probing(scope, now, occupant.actions(), this);
        if (!hookPending) {
            probing.take(before.started(), before.ready());
            probing.begin(Duration.ofNanos(scope.context().time().nanos() - since));
        }
    }

    private void hooked(ActionResult result) {
        if (closed) {
            return;
        }
        hookPending = false;
        if (result.success()) {
            probing.begin(Duration.ZERO);
        } else {
            container.event(true, "FailedPostStartHook", "PostStartHook failed: " + result.output());
            kill(
                    "Container " + spec.name() + " failed its postStart hook",
                    scope.pod().grace());
        }
    }

    // ---- what probes say

    @Override
    public void unhealthy(Kind kind, String output) {
        container.event(true, "Unhealthy", kind.word() + " probe failed: " + output);
    }

    @Override
    public void readinessChanged() {
        container.readinessChanged();
    }

    @Override
    public void failed(Kind kind, ProbeSpec probe) {
        Duration grace = probe.grace() == null ? scope.pod().grace() : probe.grace();
        kill(
                "Container " + spec.name() + " failed " + kind.word().toLowerCase(Locale.ROOT) + " probe"
                        + (container.restarts() ? ", will be restarted" : ""),
                grace);
    }

    // ---- ending

    private void kill(String why, Duration grace) {
        container.event(false, "Killing", why);
        var _ = stop(grace, new CompletableFuture<>());
    }

    /**
     * Ends it: preStop hook, SIGTERM, SIGKILL when the grace is over or {@code hurry} completes.
     *
     * @return completes when all of that was done
     */
    CompletableFuture<@Nullable Void> stop(Duration grace, CompletableFuture<?> hurry) {
        if (stopping != null) {
            var _ = hurry.thenRun(() -> occupant.kill());
            return stopping;
        }
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        stopping = done;
        retire();
        ContainerStop stop =
                new ContainerStop(occupant, spec.preStop(), scope.context().time(), hurry);
        Thread.ofVirtual().name("stop-" + spec.name()).start(() -> {
            try {
                String trouble = stop.run(grace);
                if (!trouble.isEmpty()) {
                    scope.post(() -> container.event(true, "FailedPreStopHook", "PreStopHook failed: " + trouble));
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    /** Its container shall not be started again: whether it is ready is still asked. */
    void retire() {
        ending = true;
        probing.stopRestarting();
    }

    /** It has ended, or is let go of. */
    void close() {
        closed = true;
        probing.close();
    }
}
