// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Brings the bells of watches to their event loops: hundreds that ring at one change, as all watches of a kind do, wake each loop
 * once, which then serves them one after the other.
 */
final class Rounds {
    /** How many are served until other work of the loop has its turn. */
    private static final int TURN = 64;

    private final Map<Thread, Round> byLoop = new ConcurrentHashMap<>();

    /** The round of the event loop that asks. */
    Round here(Context loop) {
        return byLoop.computeIfAbsent(Thread.currentThread(), _ -> new Round(loop));
    }

    /** Who is to be served by one event loop. Who rings while he is served comes in a later round, after other work of the loop. */
    static final class Round {
        private final Context loop;
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private boolean under;

        private Round(Context loop) {
            this.loop = loop;
        }

        /**
         * Has {@code turn}, which never throws, run on the loop; from any thread.
         *
         * @throws RejectedExecutionException when the loop has stopped
         */
        void add(Runnable turn) {
            synchronized (waiting) {
                waiting.add(turn);
                if (under) {
                    return;
                }
                under = true;
            }
            try {
                again();
            } catch (RejectedExecutionException stopped) {
                synchronized (waiting) {
                    under = false;
                }
                throw stopped;
            }
        }

        private void again() {
            loop.runOnContext(_ -> go());
        }

        private void go() {
            int turns;
            synchronized (waiting) {
                turns = Math.min(TURN, waiting.size());
            }
            for (int i = 0; i < turns; i++) {
                next().run();
            }
            synchronized (waiting) {
                under = !waiting.isEmpty();
                if (!under) {
                    return;
                }
            }
            again();
        }

        private Runnable next() {
            synchronized (waiting) {
                return waiting.remove(); // nobody else takes any
            }
        }
    }
}
