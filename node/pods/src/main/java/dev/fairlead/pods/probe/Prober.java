// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ProbeSpec;
import dev.fairlead.pods.probe.Tally.Verdict;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks one probe of one process again and again, until it is stopped.
 *
 * <p>How this works: the first question comes after the initial delay, then one every period. Until a process has answered
 * well for the first time, readiness and startup are asked more often in between (after 20 ms, 40 ms, 80 ms … up to the
 * period), because a server that is up in 300 ms should not wait 10 s to be used. Failures of these extra questions count
 * for nothing; successes count like any other. Nor is it news when the very first question comes too early.
 */
public final class Prober implements AutoCloseable {
    private static final Duration FIRST_EXTRA = Duration.ofMillis(20);

    /** What is asked for. */
    public enum Kind {
        /** Whether the process has come up; the other probes wait for it. */
        STARTUP("Startup"),
        /** Whether it should be ended and started again. */
        LIVENESS("Liveness"),
        /** Whether it should get traffic. */
        READINESS("Readiness");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** The word that events use. */
        public String word() {
            return word;
        }
    }

    /** Asks the question; blocks. */
    public interface Asking {
        /** Does {@code action} within {@code timeout}. */
        ActionResult run(Action action, Duration timeout) throws InterruptedException;
    }

    /** Takes note of answers; called on the prober's thread. */
    public interface Listener {
        /**
         * One more answer.
         *
         * @param verdict what counts now
         * @param changed whether that is something else than before this answer
         * @param expected whether a failure is no news: of an extra question, or of the first one to a process just started
         */
        void answered(Kind kind, Verdict verdict, boolean changed, boolean expected, ActionResult result);
    }

    private final Kind kind;
    private final ProbeSpec spec;
    private final Asking actions;
    private final Time time;
    private final Listener listener;
    private Tally tally;
    private boolean everGood;
    private boolean first = true;
    private Duration extra = FIRST_EXTRA;
    private long nextRegular;
    private Time.@Nullable Timer timer;
    private @Nullable Thread asking;
    private boolean stopped;

    /**
     * Asks nothing before {@link #start}.
     *
     * @param tally what counts before the first answer
     */
    public Prober(Kind kind, ProbeSpec spec, Tally tally, Asking actions, Time time, Listener listener) {
        this.kind = kind;
        this.spec = spec;
        this.actions = actions;
        this.time = time;
        this.listener = listener;
        this.tally = tally;
        this.everGood = tally.verdict() == Verdict.GOOD;
    }

    /** Starts asking; {@code running} is how long the process has been running already. */
    public synchronized void start(Duration running) {
        Duration delay = spec.initialDelay().minus(running);
        Duration first = delay.isNegative() ? Duration.ZERO : delay;
        nextRegular = time.nanos() + first.toNanos();
        schedule(first);
    }

    @Override
    public synchronized void close() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
        if (asking != null) {
            asking.interrupt();
        }
    }

    private synchronized void schedule(Duration delay) {
        if (!stopped) {
            timer = time.schedule(delay, this::begin);
        }
    }

    private synchronized void begin() {
        if (!stopped) {
            asking = Thread.ofVirtual().name("probe-" + kind).start(this::ask);
        }
    }

    private void ask() {
        boolean regular = time.nanos() >= nextRegular;
        ActionResult result;
        try {
            result = actions.run(spec.action(), spec.timeout());
        } catch (InterruptedException closed) {
            return;
        }
        synchronized (this) {
            asking = null;
            if (stopped) {
                return;
            }
            boolean counts = regular || result.success();
            boolean early = first && !everGood && kind != Kind.LIVENESS;
            first = false;
            Tally before = tally;
            if (counts) {
                tally = tally.with(result.success(), spec);
            }
            everGood |= tally.verdict() == Verdict.GOOD;
            listener.answered(kind, tally.verdict(), tally.verdict() != before.verdict(), early || !counts, result);
            schedule(next(regular));
        }
    }

    private Duration next(boolean regular) {
        long now = time.nanos();
        if (regular) {
            nextRegular = Math.max(nextRegular + spec.period().toNanos(), now);
        }
        Duration untilRegular = Duration.ofNanos(Math.max(0, nextRegular - now));
        if (everGood || kind == Kind.LIVENESS || extra.compareTo(untilRegular) >= 0) {
            return untilRegular;
        }
        Duration wait = extra;
        extra = extra.multipliedBy(2);
        return wait;
    }
}
