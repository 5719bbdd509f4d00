// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.played;

import dev.fairlead.kernel.process.Exit;
import java.util.concurrent.CompletableFuture;

/**
 * What runs in a container in place of its process, from its start by {@link Cast#play} to its {@link #exit}. Methods are
 * called by several threads.
 */
public interface Actor {
    /**
     * Completes when it has ended: of itself (a crash is an exit code other than 0), because {@link #terminate} asked for it
     * or by {@link #kill}. Whether it is started again is for the pod's restart policy to say. When it completes with an
     * exception, that is written to the container's log and the exit code is 1, as with a Java program.
     *
     * <p>Its ports must be free by then, for the next actor of this container may want them at once.
     */
    CompletableFuture<Exit> exit();

    /**
     * SIGTERM: asks it to end, at most once. By now no data plane sends new connections to the pod and its preStop hook is
     * over, but some that were made before may wait to be accepted: accept those, answer all requests under way, then
     * complete {@link #exit}. May block for that; is killed when the pod's grace is over. A program without a handler for the
     * signal ends by {@code Exit.Signalled(15)}, told as exit code 143.
     */
    void terminate();

    /**
     * SIGKILL: ends it now, at most once and never after {@link #exit}, perhaps while {@link #terminate} has not returned.
     * Whoever is still connected gets a reset. Must return soon: then the container counts as ended by signal 9 (exit code
     * 137), if {@link #exit} has not said otherwise.
     */
    void kill();

    /**
     * Whether it is ready, beside what the pod's probes say: both must agree. Call {@link Role#changed} when the answer is
     * another one than before. Must not block.
     */
    default boolean ready() {
        return true;
    }

    /**
     * Whether the HTTP, TCP and gRPC probes of the container are asked, and such hooks done. One that serves nothing says no: it
     * has started at once, is ready by its own word alone, and its hooks succeed. May change: call {@link Role#changed}; what
     * was ready stays so until a probe says otherwise. Must not block.
     */
    default boolean probed() {
        return true;
    }
}
