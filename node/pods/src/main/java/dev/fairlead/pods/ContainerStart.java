// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.PodRecord.ContainerRecord;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.environment.Environment;
import dev.fairlead.pods.log.LogFile;
import dev.fairlead.pods.log.LogWriter;
import dev.fairlead.pods.played.Actor;
import dev.fairlead.pods.played.Role;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.pods.probe.ExecProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What runs next in one container: an actor, if somebody of the node's cast plays it, else a process. On the owner's thread,
 * but for the template of an adopted process.
 */
final class ContainerStart {
    private static final Path NOWHERE = Path.of("/dev/null");

    private final PodOwner owner;
    private final PodScope scope;
    private final ContainerSpec spec;
    private final Runnable changed;
    private @Nullable Spawn template;

    /** {@code changed} is run, by any thread, when what runs has changed its mind about something. */
    ContainerStart(PodOwner owner, PodScope scope, ContainerSpec spec, Runnable changed) {
        this.changed = changed;
        this.owner = owner;
        this.scope = scope;
        this.spec = spec;
    }

    /**
     * Prepares a start; an actor has begun when this returns.
     *
     * @return gives what runs then; throws KernelException when the process is refused
     * @throws Surroundings.Unstartable when it cannot be started as it is written
     * @throws IOException when it cannot be started now
     */
    Supplier<Occupant> prepare(int attempt) throws Surroundings.Unstartable, IOException {
        LogFile log = open(attempt);
        Surroundings surroundings = owner.surroundings();
        Environment environment = surroundings.environment(spec);
        Occupant played = played(environment, attempt, log);
        if (played != null) {
            return () -> played;
        }
        Spawn spawn = surroundings.process(spec, environment, log.path());
        return () -> process(spawn.start(), () -> spawn);
    }

    private @Nullable Occupant played(Environment environment, int attempt, LogFile log) throws IOException {
        LogWriter writer = new LogWriter(log);
        Role role = new Role(
                scope.pod().name(),
                scope.pod().uid(),
                owner.object(),
                spec,
                scope.pod().initContainers().contains(spec),
                environment.command(),
                environment.variables(),
                owner.place().required().addresses(),
                attempt,
                writer,
                changed);
        Actor actor;
        try {
            actor = scope.context().settings().cast().play(role);
        } catch (RuntimeException trouble) {
            throw new IOException("what plays container " + spec.name() + " failed to start: " + trouble, trouble);
        }
        return actor == null
                ? null
                : new ActorOccupant(
                        role,
                        actor,
                        writer,
                        owner.place().required(),
                        scope.context().time());
    }

    /** The process that an earlier life left running; null when it has ended. */
    @Nullable
    Occupant find(ContainerRecord record) {
        return record.pid() <= 0
                ? null
                : Child.adopt(record.pid(), record.start())
                        .map(child -> process(child, this::asItWouldBeStarted))
                        .orElse(null);
    }

    /** Goes on with the log of a process that was found. */
    void resume(int attempt) {
        try {
            open(attempt);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private LogFile open(int attempt) throws IOException {
        return scope.context().logs().open(scope.pod().name(), scope.pod().uid(), spec.name(), attempt);
    }

    private Occupant process(Child child, Supplier<Spawn> template) {
        PodContext context = scope.context();
        Path scratch = context.records().folder(scope.pod().uid());
        ExecProcess exec = new ExecProcess(template, scratch, context.time());
        Actions actions = new Actions(spec, owner.place().required(), exec, context.time());
        return new ProcessOccupant(spec, child, template, actions, owner.cgroups());
    }

    /**
     * The process of an adopted container as it would be started now, for what has to run beside it: made when first
     * asked for, by any thread, because it takes questions to the API.
     */
    private synchronized Spawn asItWouldBeStarted() {
        Spawn known = template;
        if (known != null) {
            return known;
        }
        try {
            Surroundings surroundings = owner.surroundings();
            Spawn made = surroundings.process(spec, surroundings.environment(spec), NOWHERE);
            template = made;
            return made;
        } catch (Surroundings.Unstartable impossible) {
            throw new KernelException("prepare " + spec.name(), 0, String.valueOf(impossible.getMessage()));
        }
    }
}
