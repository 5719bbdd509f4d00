// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Watchers of one collection, each over a TLS connection of its own, and when the last of them has a change. */
final class ApiWatchers implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final List<ApiLine> lines = new ArrayList<>();
    private final AtomicInteger having = new AtomicInteger();
    private final AtomicLong last = new AtomicLong();
    private final Phaser all = new Phaser(1);
    private final int watchers;

    /** Connects them one after the other and begins to watch from {@code revision} on. */
    ApiWatchers(ApiTarget target, String collection, String revision, int watchers)
            throws IOException, InterruptedException {
        this.watchers = watchers;
        for (int i = 0; i < watchers; i++) {
            ApiLine line = target.open();
            lines.add(line);
            begin(line, collection + "?watch=true&resourceVersion=" + revision);
        }
    }

    private void begin(ApiLine line, String path) throws IOException, InterruptedException {
        try {
            ApiLine.Answer begun = line.watch(path, this::arrived).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (begun.status() != 200) {
                throw new IOException("a watch was answered " + begun.status() + ": " + begun.body());
            }
        } catch (ExecutionException | TimeoutException broken) {
            throw new IOException("a watch did not begin: " + broken, broken);
        }
    }

    private void arrived(long nanos) {
        last.set(nanos); // one thread tells them all
        if (having.incrementAndGet() == watchers) {
            all.arrive();
        }
    }

    /** To be called before a change that all of them will see as one event; gives what {@link #await} wants. */
    int expect() {
        having.set(0);
        return all.getPhase();
    }

    /** Waits until every watcher has the change; gives when the last had it. */
    long await(int expected) throws IOException, InterruptedException {
        try {
            all.awaitAdvanceInterruptibly(expected, PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException never) {
            throw new IOException(having.get() + " of " + watchers + " watchers have the change", never);
        }
        return last.get();
    }

    int size() {
        return lines.size();
    }

    @Override
    public void close() {
        lines.forEach(ApiLine::close);
    }
}
