// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.ProbeSpec;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.pods.probe.Prober;
import dev.fairlead.pods.probe.Prober.Kind;
import dev.fairlead.pods.probe.Tally;
import dev.fairlead.pods.probe.Tally.Verdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one process: startup first, the others once that is good. On the owner's thread only; probers ask on
 * threads of their own and post their answers.
 */
final class Probing {
    /** Is told what follows from answers, on the owner's thread. */
    interface Listener {
        /** A probe got a bad answer. */
        void unhealthy(Kind kind, String output);

        /** Whether the process is ready is now something else than before. */
        void readinessChanged();

        /** A probe has failed so often that the process must be ended. */
        void failed(Kind kind, ProbeSpec probe);
    }

    private final PodScope scope;
    private final ContainerSpec spec;
    private final Actions actions;
    private final Listener listener;
    private final Map<Kind, Prober> probers = new EnumMap<>(Kind.class);
    private boolean startupGood;
    private boolean readinessGood;
    private boolean ending;
    private boolean closed;

    Probing(PodScope scope, ContainerSpec spec, Actions actions, Listener listener) {
        this.scope = scope;
        this.spec = spec;
        this.actions = actions;
        this.listener = listener;
    }

    /** Whether the process has come up. */
    boolean started() {
        return spec.startup() == null || startupGood;
    }

    /** Whether it says that it is ready. */
    boolean ready() {
        return spec.readiness() == null || readinessGood;
    }

    /** What an earlier life had found out; only before {@link #begin}. */
    void take(boolean started, boolean ready) {
        startupGood = started;
        readinessGood = ready;
    }

    /** Begins to ask; {@code running} is how long the process has been running already. */
    void begin(Duration running) {
        if (spec.startup() != null && !startupGood) {
            ask(Kind.STARTUP, spec.startup(), running);
        } else {
            ask(Kind.LIVENESS, spec.liveness(), running);
            ask(Kind.READINESS, spec.readiness(), running);
        }
    }

    private void ask(Kind kind, @Nullable ProbeSpec probe, Duration running) {
        if (probe == null || closed || probers.containsKey(kind)) {
            return;
        }
        Prober prober = new Prober(
                kind,
                probe,
                kind == Kind.READINESS && readinessGood ? Tally.good() : Tally.starting(kind),
                actions::run,
                scope.context().time(),
                (about, verdict, changed, expected, result) -> scope.post(() -> {
                    if (!result.success() && !expected && !ending && !closed) {
                        listener.unhealthy(kind, result.output());
                    }
                    if (changed && !closed) {
                        changed(kind, probe, verdict == Verdict.GOOD, running);
                    }
                }));
        probers.put(kind, prober);
        prober.start(running);
    }

    private void changed(Kind kind, ProbeSpec probe, boolean good, Duration running) {
        switch (kind) {
            case READINESS -> {
                readinessGood = good;
                listener.readinessChanged();
            }
            case LIVENESS -> {
                if (!good) {
                    listener.failed(kind, probe);
                }
            }
            case STARTUP -> {
                startupGood = good;
                if (good) {
                    stop(Kind.STARTUP);
                    begin(running);
                } else {
                    listener.failed(kind, probe);
                }
            }
        }
    }

    /** The process is being ended: asks only whether it is ready, and that it is not is no news. */
    void stopRestarting() {
        ending = true;
        stop(Kind.LIVENESS);
        stop(Kind.STARTUP);
    }

    private void stop(Kind kind) {
        Prober prober = probers.remove(kind);
        if (prober != null) {
            prober.close();
        }
    }

    /** Asks nothing any more, and hears no answer that is under way. */
    void close() {
        closed = true;
        probers.values().forEach(Prober::close);
        probers.clear();
    }
}
