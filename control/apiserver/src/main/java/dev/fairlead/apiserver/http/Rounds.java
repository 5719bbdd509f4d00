// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import io.vertx.core.Context;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

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

    /** Who is to be served by one event loop. */
    static final class Round {
        private final Context loop;
        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean under = new AtomicBoolean();

        private Round(Context loop) {
            this.loop = loop;
        }

        /**
         * Has {@code turn}, which never throws, run on the loop; from any thread.
         *
         * @throws java.util.concurrent.RejectedExecutionException when the loop has stopped
         */
        void add(Runnable turn) {
            waiting.add(turn);
            if (under.compareAndSet(false, true)) {
                loop.runOnContext(_ -> go());
            }
        }

        private void go() {
            under.set(false); // before the first is taken: who comes from now on finds a round that begins after it
            for (int served = 0; served < TURN; served++) {
                Runnable turn = waiting.poll();
                if (turn == null) {
                    return;
                }
                turn.run();
            }
            if (under.compareAndSet(false, true)) {
                loop.runOnContext(_ -> go());
            }
        }
    }
}
