// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import java.util.concurrent.LinkedBlockingQueue;

/** The queue in front of one owner: whatever changes the owner's state is posted here and runs on the owner's thread. */
final class Mailbox {
    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final String name;
    private volatile boolean closed;

    Mailbox(String name) {
        this.name = name;
    }

    /** Runs {@code letter} on the owner's thread, after all posted before; dropped once the owner has gone. */
    void post(Runnable letter) {
        if (!closed) {
            queue.add(letter);
        }
    }

    /** The owner's life: letters, and {@code afterEach} when none is left for the moment, until {@link #close}. */
    void run(Runnable afterEach) {
        try {
            while (!closed) {
                deliver(queue.take());
                for (Runnable next = queue.poll(); next != null && !closed; next = queue.poll()) {
                    deliver(next);
                }
                if (!closed) {
                    deliver(afterEach);
                }
            }
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }

    /** Ends the owner's life after the letter at hand. */
    void close() {
        closed = true;
        queue.add(() -> {});
    }

    /** One letter that fails must not end the owner: the state stays, and what comes next may put it right. */
    private void deliver(Runnable letter) {
        try {
            letter.run();
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, name + ": a mistake of ours, going on", bug);
        }
    }
}
