// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.trouble;

import dev.fairlead.wire.exchange.Signalled;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch whose pieces come late, and that can be broken off or ended. It is read by one reader, by {@link #next} or by {@link
 * #poll}; trouble may come from any thread and rings the reader's bell.
 */
final class TroubledWatch implements Signalled {
    private static final byte[] NOTHING = {};
    private static final Duration LONG = Duration.ofHours(1);

    @SuppressWarnings("ArrayRecordComponent") // handed on as it came; nobody compares pieces
    private record Late(byte[] piece, long due) {}

    private final Signalled watch;
    private final Time time;
    private final Supplier<Duration> delay;
    private final Consumer<TroubledWatch> over;
    private final Deque<Late> late = new ArrayDeque<>();
    private final Semaphore rung = new Semaphore(0);
    private boolean signalled;
    /** The watch itself is over; what is late still comes. */
    private boolean read;

    private boolean told;
    private volatile Runnable bell = rung::release;
    private volatile boolean broken;
    private volatile boolean closed;
    private volatile byte @Nullable [] last;

    /**
     * A watch without trouble.
     *
     * @param delay how much later a piece comes that comes now
     * @param over told when it is closed
     */
    TroubledWatch(Signalled watch, Time time, Supplier<Duration> delay, Consumer<TroubledWatch> over) {
        this.watch = watch;
        this.time = time;
        this.delay = delay;
        this.over = over;
    }

    /** Breaks off: its reader meets an error. */
    void breakOff() {
        broken = true;
        ring();
    }

    /** Ends after {@code piece}; what is late is lost. */
    void endWith(byte[] piece) {
        last = piece;
        ring();
    }

    /** Has the reader look: the clock was moved, or what was late is so no longer. */
    void ring() {
        bell.run();
    }

    @Override
    public byte @Nullable [] poll() {
        if (broken) {
            throw new UncheckedIOException(new IOException("the watch was broken off, as the test asked for"));
        }
        byte[] farewell = last;
        if (farewell != null) {
            boolean again = told;
            told = true;
            return again ? null : farewell;
        }
        if (closed) {
            return null;
        }
        take();
        Late first = late.peek();
        if (first == null) {
            return read ? null : NOTHING;
        }
        if (first.due - time.nanos() > 0 && !delay.get().isZero()) {
            return NOTHING;
        }
        late.remove();
        return first.piece;
    }

    /** Takes what has come; it is due a delay from now. */
    private void take() {
        while (!read) {
            byte[] piece = watch.poll();
            if (piece == null) {
                read = true;
            } else if (piece.length == 0) {
                return;
            } else {
                Duration wait = delay.get();
                late.add(new Late(piece, time.nanos() + wait.toNanos()));
                if (wait.isZero()) {
                    return; // it is handed out at once: no more than one is held
                }
                time.schedule(wait, this::ring);
            }
        }
    }

    @Override
    public byte @Nullable [] next() throws IOException, InterruptedException {
        if (!signalled) {
            signalled = true;
            watch.signal(this::ring);
        }
        try {
            byte[] piece = poll();
            while (piece != null && piece.length == 0) {
                Duration patience = patience();
                if (!patience.isZero() && rung.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    rung.drainPermits();
                }
                piece = poll();
            }
            return piece;
        } catch (UncheckedIOException broke) {
            throw broke.getCause();
        }
    }

    /** What is late rings by itself. */
    @Override
    public Duration patience() {
        return read || broken || last != null ? LONG : watch.patience();
    }

    @Override
    public Duration left() {
        return watch.left();
    }

    @Override
    public void signal(Runnable listener) {
        signalled = true;
        bell = listener;
        watch.signal(this::ring);
    }

    @Override
    public void close() {
        closed = true;
        over.accept(this);
        watch.close();
        rung.release();
    }
}
