// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Messages on their way, few at a time: who puts more waits until some are taken. */
final class Outbox {
    private static final int ROOM = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<byte[]> messages = new ArrayDeque<>();
    private boolean finished;

    /** Adds a message; dropped when nothing more is wanted. */
    void put(byte[] message) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages.size() >= ROOM && !finished) {
                changed.await();
            }
            if (!finished) {
                messages.add(message);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The next message, waiting for it; null when all are taken and nothing more comes. */
    byte @Nullable [] take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages.isEmpty() && !finished) {
                changed.await();
            }
            changed.signalAll();
            return messages.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more comes; what is there can still be taken. */
    void finish() {
        lock.lock();
        try {
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more comes, and what is there is dropped. */
    void close() {
        lock.lock();
        try {
            messages.clear();
            finished = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
