// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.relay;

import dev.fairlead.dataplane.socket.Sockets;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One event loop: one platform thread that owns its sockets, listeners, sessions and flows. Others reach it by
 * {@link #change} alone.
 *
 * <p>How this works: each turn waits for reports and gives them to the sockets' handlers, which do what they can without
 * waiting. A handler that has done its share leaves the rest for the next turn ({@link #again}), so that one fast
 * connection cannot keep the others waiting. Then tasks of other threads run, and what has waited too long is ended.
 */
public final class Loop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final long SWEEP_MILLIS = 250;

    private final Sockets sockets;
    private final Limits limits;
    private final Time time;
    private final Map<Frontend, Listener> listeners = new HashMap<>();
    private final Deque<Connecting> connecting = new ArrayDeque<>();
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Handler[] handlers = new Handler[256];
    private List<Handler> unfinished = new ArrayList<>();
    private long now;
    private boolean reported;
    private long swept;
    private int sessions;
    private boolean full;
    private volatile boolean closed;

    private record Task(Runnable work, CountDownLatch done) {}

    private record Connecting(Session session, int attempt, long since) {}

    /**
     * A loop over {@code sockets}, which it owns; {@link #run} it on a platform thread of its own, in whose network namespace
     * its sockets will be.
     */
    public Loop(Sockets sockets, Limits limits, Time time) {
        this.sockets = sockets;
        this.limits = limits;
        this.time = time;
        this.now = time.nanos();
    }

    /** Turns until the loop is closed; then frees everything. */
    public void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (IOException broken) {
            LOG.log(Level.ERROR, "the relay's event loop ended", broken);
        } finally {
            for (Handler handler : handlers.clone()) {
                if (handler != null) {
                    handler.end();
                }
            }
            closed = true;
            runTasks();
            sockets.close();
            ended.countDown();
        }
    }

    private void turn() throws IOException {
        boolean hurry = !unfinished.isEmpty() || !tasks.isEmpty();
        boolean waiting = !connecting.isEmpty() || sessions > 0;
        // Late is what a poll did not report that began after its time was up, however long a turn or a rest took.
        long asked = time.nanos();
        reported = false;
        sockets.poll(hurry ? 0 : waiting ? SWEEP_MILLIS : -1, this::report);
        now = time.nanos();
        List<Handler> rest = unfinished;
        unfinished = new ArrayList<>(rest.size());
        for (Handler handler : rest) {
            handle(handler, Sockets.READABLE | Sockets.WRITABLE);
        }
        runTasks();
        if (asked - swept > SWEEP_MILLIS * 1_000_000) {
            swept = asked;
            sweep(asked);
        }
    }

    private void report(int handle, int events) {
        if (!reported) {
            reported = true;
            now = time.nanos(); // the poll may have waited for hours
        }
        Handler handler = handle < handlers.length ? handlers[handle] : null;
        if (handler != null) {
            handle(handler, events);
        }
    }

    private static void handle(Handler handler, int events) {
        try {
            handler.ready(events);
        } catch (IOException | RuntimeException failure) {
            LOG.log(Level.WARNING, "a connection was dropped", failure);
            handler.end();
        }
    }

    private void runTasks() {
        List<Task> done = new ArrayList<>();
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            done.add(task);
            try {
                task.work.run();
            } catch (RuntimeException bug) {
                LOG.log(Level.ERROR, "a change of the relay was not made because of a bug", bug);
            }
        }
        if (!done.isEmpty()) {
            sockets.settle();
            done.forEach(task -> task.done.countDown());
        }
    }

    private void sweep(long asked) {
        long late = asked - limits.connect().toNanos();
        for (Connecting head = connecting.peek(); head != null && head.since - late < 0; head = connecting.peek()) {
            connecting.remove();
            head.session.late(head.attempt);
        }
        long idle = asked - limits.idleFlow().toNanos();
        listeners.values().forEach(listener -> listener.expire(idle));
    }

    /**
     * Changes where clients come in, and returns when that is so: from then on new connections follow it. Connections
     * under way go on, also at frontends that are closed; flows of datagrams whose endpoint is gone end.
     *
     * @return the frontends that could not be opened or refreshed, each with the reason; they are closed
     */
    public Map<Frontend, IOException> change(Changes changes) throws InterruptedException {
        Map<Frontend, IOException> refused = new HashMap<>();
        perform(() -> {
            changes.close().forEach(this::close);
            changes.refresh().forEach(frontend -> {
                try {
                    refresh(frontend);
                } catch (IOException failure) {
                    close(frontend); // rather nobody than somebody who may not come in
                    refused.put(frontend, failure);
                }
            });
            changes.open().forEach((frontend, upstream) -> {
                try {
                    open(frontend, upstream);
                } catch (IOException failure) {
                    refused.put(frontend, failure);
                }
            });
        });
        return refused;
    }

    /** What {@link #change} is to do: close, then refresh, then open. */
    public record Changes(Map<Frontend, Upstream> open, Collection<Frontend> close, Collection<Frontend> refresh) {}

    private void perform(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        tasks.add(new Task(task, done));
        sockets.wake();
        await(closed ? ended : done); // of a loop that is closed nothing is left to change
    }

    /**
     * Waits for what the loop's thread counts down. A virtual thread does so by way of a platform thread: to wake a virtual
     * thread may start a carrier for it, and that one would be born in the network namespace of the loop, for good.
     */
    private static void await(CountDownLatch latch) throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            Thread.ofPlatform()
                    .daemon()
                    .name("relay-wait")
                    .start(() -> awaitHere(latch))
                    .join();
        } else {
            latch.await();
        }
    }

    private static void awaitHere(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt(); // nobody knows this thread
        }
    }

    private void open(Frontend frontend, Upstream upstream) throws IOException {
        Listener listener = frontend.datagrams()
                ? new DatagramListener(this, frontend, upstream)
                : new StreamListener(this, frontend, upstream);
        listeners.put(frontend, listener);
    }

    private void close(Frontend frontend) {
        Listener listener = listeners.remove(frontend);
        if (listener != null) {
            listener.end();
        }
    }

    private void refresh(Frontend frontend) throws IOException {
        Listener listener = listeners.get(frontend);
        if (listener != null) {
            listener.refresh();
        }
    }

    /** Whether clients who may not come in get no answer at all; else they are turned away. */
    public boolean filters() {
        return sockets.filters();
    }

    Sockets sockets() {
        return sockets;
    }

    long now() {
        return now;
    }

    void handle(int handle, Handler handler) {
        if (handle >= handlers.length) {
            handlers = Arrays.copyOf(handlers, Math.max(handle + 1, handlers.length * 2));
        }
        handlers[handle] = handler;
    }

    void close(int handle, boolean reset) {
        handlers[handle] = null;
        sockets.close(handle, reset);
    }

    void again(Handler handler) {
        unfinished.add(handler);
    }

    void awaitConnection(Session session, int attempt) {
        connecting.add(new Connecting(session, attempt, now));
    }

    /** Whether another session may begin; if not, the listeners are asked again when there is room. */
    boolean admit() {
        full = full || sessions >= limits.sessions();
        return !full;
    }

    void begun() {
        sessions++;
    }

    void over() {
        sessions--;
        if (full && sessions < limits.sessions() - limits.sessions() / 16) {
            full = false;
            listeners.values().forEach(this::again);
        }
    }

    /** How many connections and flows are under way; a snapshot. */
    public int sessions() {
        return sessions;
    }

    /** Ends the loop and everything under way, and waits for that. */
    @Override
    public void close() {
        closed = true;
        sockets.wake();
        try {
            await(ended);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
