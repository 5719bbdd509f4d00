// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** What runs in a container, from its start to its exit: a process, or an actor in its place. Safe for use by many threads. */
sealed interface Occupant permits ProcessOccupant, ActorOccupant {
    /** The container, with those probes and hooks alone that this occupant takes part in at the moment. */
    ContainerSpec spec();

    /** Does what its probes and hooks ask for. */
    Actions actions();

    /** Completes when it has ended. */
    CompletableFuture<Exit> exit();

    /** Whether it says of itself that it is ready, whatever its probes say. */
    boolean ready();

    /** Asks it to end. */
    void terminate();

    /** Ends it, with all that it started. */
    void kill();

    /** It has ended: ends what it left behind. */
    void clear();

    /** Whether it goes on when this JVM ends, so that the next life has to find it again. */
    boolean outlives();

    /** Lets go of it; one that does not outlive this JVM ends. */
    void release();

    /** Its session, which is also its pid; 0 for one that is no process. */
    long session();

    /** With the pid its identity until the next boot, see {@code Child}; 0 for one that is no process. */
    long startTime();

    /**
     * Runs a command beside it.
     *
     * @throws IOException when there is nothing to run it in
     * @throws dev.fairlead.kernel.KernelException when it cannot be started
     */
    RunningCommand run(Command command) throws IOException;
}
