// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.definition.Action;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.log.LogWriter;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.played.Actor;
import dev.fairlead.pods.played.Role;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.pods.probe.Exec;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An {@link Actor}, held to its contract: it is killed at most once, and has ended then, whatever it says or throws. */
final class ActorOccupant implements Occupant {
    private static final System.Logger LOG = System.getLogger(ActorOccupant.class.getName());
    private static final int KILL = 9;

    private final Role role;
    private final Actor actor;
    private final LogWriter log;
    private final ContainerSpec probed;
    private final ContainerSpec unprobed;
    private final Actions actions;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final AtomicBoolean killed = new AtomicBoolean();

    ActorOccupant(Role role, Actor actor, LogWriter log, Sandbox sandbox, Time time) {
        this.role = role;
        this.actor = actor;
        this.log = log;
        this.probed = asking(role.container(), true);
        this.unprobed = asking(role.container(), false);
        this.actions = new Actions(role.container(), sandbox, Exec.NOTHING, time);
        var _ = actor.exit().whenComplete(this::ended);
    }

    private static ContainerSpec asking(ContainerSpec container, boolean probed) {
        return container.asking(action -> switch (action) {
            case Action.Exec _ -> false; // there is nothing to run it in
            case Action.Sleep _ -> true;
            case Action.HttpGet _, Action.TcpSocket _, Action.Grpc _ -> probed;
        });
    }

    private void ended(@Nullable Exit how, @Nullable Throwable trouble) {
        if (exit.isDone()) {
            return;
        }
        if (trouble == null && how != null) {
            exit.complete(how);
            return;
        }
        Throwable cause =
                trouble instanceof CompletionException && trouble.getCause() != null ? trouble.getCause() : trouble;
        if (cause != null) {
            PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
            cause.printStackTrace(out);
            out.flush();
        }
        exit.complete(new Exit.Code(1));
    }

    @Override
    public ContainerSpec spec() {
        return actor.probed() ? probed : unprobed;
    }

    @Override
    public Actions actions() {
        return actions;
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    @Override
    public boolean ready() {
        return actor.ready();
    }

    @Override
    public void terminate() {
        if (!exit.isDone()) {
            Thread.ofVirtual() // a signal does not wait for what comes of it, nor may the grace
                    .name("term-" + role.pod())
                    .start(() -> attempt("SIGTERM", actor::terminate));
        }
    }

    @Override
    public void kill() {
        if (!exit.isDone() && killed.compareAndSet(false, true)) {
            attempt("SIGKILL", actor::kill);
            exit.complete(new Exit.Signalled(KILL));
        }
    }

    private void attempt(String what, Runnable asked) {
        try {
            asked.run();
        } catch (RuntimeException trouble) {
            LOG.log(System.Logger.Level.WARNING, "what plays " + this + " failed at " + what, trouble);
        }
    }

    @Override
    public void clear() {
        log.close();
    }

    @Override
    public boolean outlives() {
        return false;
    }

    @Override
    public void release() {
        kill();
        log.close();
    }

    @Override
    public long session() {
        return 0;
    }

    @Override
    public long startTime() {
        return 0;
    }

    @Override
    public RunningCommand run(Command command) throws IOException {
        throw new IOException("cannot run a command in container "
                + role.container().name() + ": it is played inside a JVM, so there is no process to run it beside");
    }

    @Override
    public String toString() {
        return "container " + role.container().name() + " of pod " + role.pod();
    }
}
