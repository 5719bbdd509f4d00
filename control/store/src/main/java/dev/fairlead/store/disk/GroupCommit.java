// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import dev.fairlead.store.ClosedException;
import dev.fairlead.store.Write;
import dev.fairlead.store.history.Commit;
import dev.fairlead.store.history.History;
import dev.fairlead.store.history.Outcome;
import dev.fairlead.store.history.Staging;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The one thread that writes the file.
 *
 * <p>How this works. It takes all commits that wait, judges each on top of the ones before it, writes those that hold in
 * one transaction with one sync, publishes them, and then answers everybody. Meanwhile the next ones gather, so the group
 * is as large as the disk is slow. Refusals wait for the same sync: the entry that they name must not be one that a
 * failing disk takes back.
 *
 * <p>A full disk fails the group and nothing else. After any other error nobody knows what is on the disk, so nothing is
 * accepted any more until the store is opened anew; a sync that failed once and then "succeeds" proves nothing
 * (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
 */
final class GroupCommit implements AutoCloseable {
    private final History history;
    private final Staging staging;
    private final Database database;
    private final Thread writer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private List<Pending> waiting = new ArrayList<>();
    private boolean closed;

    /** What ended all writing; only the writer looks. */
    private @Nullable Throwable broken;

    private record Pending(List<Write> writes, CompletableFuture<Outcome> outcome) {}

    GroupCommit(History history, Database database, String name) {
        this.history = history;
        this.staging = new Staging(history);
        this.database = database;
        this.writer = Thread.ofPlatform().name("store-writer " + name).daemon().start(this::run);
    }

    /** Waits until it is known what became of {@code writes}. An interrupt does not end the wait: the write goes on anyway. */
    Outcome commit(List<Write> writes) {
        Pending pending = new Pending(writes, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                throw new ClosedException("the store");
            }
            waiting.add(pending);
            work.signal();
        } finally {
            lock.unlock();
        }
        return pending.outcome.join();
    }

    /** Accepts nothing more and returns when all that was accepted is answered. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        for (List<Pending> group = take(); !group.isEmpty(); group = take()) {
            List<Outcome> outcomes = write(group);
            for (int i = 0; i < group.size(); i++) {
                group.get(i).outcome.complete(outcomes.get(i));
            }
        }
    }

    /** All that waits, at least one; none once closed. */
    private List<Pending> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                work.awaitUninterruptibly();
            }
            List<Pending> taken = waiting;
            waiting = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private List<Outcome> write(List<Pending> group) {
        if (broken != null) {
            return failed(group, "nothing is written any more since an earlier error: open the store anew", broken);
        }
        try {
            List<Outcome> outcomes = new ArrayList<>(group.size());
            for (Pending pending : group) {
                outcomes.add(staging.stage(pending.writes));
            }
            List<Commit> commits = staging.take();
            if (!commits.isEmpty()) {
                database.write(commits);
                history.publish(commits);
            }
            return outcomes;
        } catch (SQLException | RuntimeException | Error e) {
            staging.take();
            if (!takenBack(e)) {
                broken = e;
            }
            return failed(group, "cannot write to the store (" + e.getMessage() + ")", e);
        }
    }

    /** Whether it is sure that the failed transaction has left nothing. */
    private boolean takenBack(Throwable failure) {
        try {
            database.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
            return false;
        }
        return failure instanceof SQLiteException e && e.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
    }

    private static List<Outcome> failed(List<Pending> group, String message, Throwable cause) {
        return group.stream()
                .<Outcome>map(_ -> new Outcome.Failed(message, cause))
                .toList();
    }
}
