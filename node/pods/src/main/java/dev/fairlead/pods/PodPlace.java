// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.kernel.process.ProcessStatus;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.network.SandboxRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One pod's place on the network over the pod's life: addresses taken, the sandbox made or found again, asked for again
 * where the system refused, held by another process where its holder died. On the owner's thread only.
 */
final class PodPlace {
    private static final System.Logger LOG = System.getLogger(PodPlace.class.getName());

    private final PodScope scope;
    private final Runnable save;
    private final List<Long> survivors;
    private @Nullable SandboxRecord record;
    private @Nullable Sandbox sandbox;
    private boolean up;
    private boolean due = true;
    private int failures;

    /**
     * Takes nothing before {@link #open}.
     *
     * @param earlier what an earlier life wrote down, or null
     * @param save writes the pod's record; called whenever {@link #record} has changed
     */
    PodPlace(PodScope scope, @Nullable PodRecord earlier, Runnable save) {
        this.scope = scope;
        this.save = save;
        String boot = scope.context().records().currentBoot();
        SandboxRecord before = earlier == null ? null : earlier.sandbox();
        if (earlier != null && earlier.boot().equals(boot)) {
            this.record = before;
            this.survivors = survivors(earlier);
        } else {
            this.record = before == null ? null : before.heldBy(0, 0); // pids of another boot mean nothing
            this.survivors = List.of();
        }
    }

    private static List<Long> survivors(PodRecord earlier) {
        return earlier.containers().values().stream()
                .filter(container -> ProcessStatus.of(container.pid())
                        .filter(status -> status.startTime() == container.start() && !status.isZombie())
                        .isPresent())
                .map(PodRecord.ContainerRecord::pid)
                .toList();
    }

    /** What the next life must know of it; null before addresses were taken. */
    @Nullable
    SandboxRecord record() {
        return record;
    }

    /** The pod's addresses as texts, primary first; empty before they were taken. */
    List<String> addresses() {
        return record == null
                ? List.of()
                : record.addresses().stream().map(IpAddress::toString).toList();
    }

    @Nullable
    Sandbox sandbox() {
        return sandbox;
    }

    Sandbox required() {
        return Objects.requireNonNull(sandbox, "a container runs only inside a network");
    }

    /** Whether the network is there and meant to be. */
    boolean up() {
        return up;
    }

    /** Makes the place, unless it is there or was refused a moment ago. */
    void open() {
        if (sandbox != null || !due) {
            return;
        }
        try {
            SandboxRecord wanted = record;
            if (wanted == null) {
                wanted = scope.context().network().allocate(scope.pod());
                changed(wanted);
            }
            Sandbox opened = scope.context().network().open(scope.pod(), wanted, survivors, this::changed);
            sandbox = opened;
            up = true;
            failures = 0;
            watch(opened);
        } catch (IOException | RuntimeException refused) {
            due = false;
            refused("no network for pod {0}: {1}", refused, () -> due = true);
        }
    }

    private void changed(SandboxRecord now) {
        record = now;
        save.run();
    }

    private void watch(Sandbox opened) {
        var _ = opened.unheld().whenComplete((done, trouble) -> scope.post(() -> hold(opened)));
    }

    /** The processes and this one keep the namespace while they live; only the next life needs a holder to find it. */
    private void hold(Sandbox opened) {
        if (!up) {
            return; // it was ended by us
        }
        try {
            opened.hold(this::changed);
            failures = 0;
            scope.event(
                    "",
                    true,
                    "SandboxChanged",
                    "The process that held the pod's network namespace ended. Another one holds it now; the containers"
                            + " and their connections were not touched.");
            watch(opened);
        } catch (IOException | RuntimeException refused) {
            refused("nobody holds the network of pod {0}: {1}", refused, () -> hold(opened));
        }
    }

    private void refused(String message, Exception why, Runnable again) {
        LOG.log(System.Logger.Level.WARNING, message, scope.pod().name(), why.getMessage());
        scope.event("", true, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + why.getMessage());
        scope.later(Duration.ofSeconds(1L << Math.min(failures++, 4)), again);
    }

    /** Says that the network is meant to be no more; it stays until {@link #end}. */
    void down() {
        up = false;
    }

    /** Unmakes the place; its addresses stay taken. */
    void end() {
        up = false;
        if (sandbox != null) {
            sandbox.end();
        }
    }

    /** Gives the addresses back too. */
    void release() {
        end();
        close();
        if (record != null) {
            scope.context().network().release(record);
        }
    }

    /** Lets go of what this process holds of it. */
    void close() {
        if (sandbox != null) {
            sandbox.close();
        }
    }
}
