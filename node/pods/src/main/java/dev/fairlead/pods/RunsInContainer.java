// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.kernel.process.Talk;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** A command beside a container's process: in its namespaces, mounts, cgroup and environment. */
final class RunsInContainer implements RunningCommand {
    private static final int BY_SIGNAL = 128;

    private final Talk talk;

    private RunsInContainer(Talk talk) {
        this.talk = talk;
    }

    /**
     * Starts it; it does not outlive the container's process.
     *
     * @param container how the container's process was started
     * @throws dev.fairlead.kernel.KernelException when it cannot be started
     */
    static RunsInContainer start(Spawn container, Child process, Command command) {
        Map<String, String> environment = new LinkedHashMap<>(container.environment());
        if (command.terminal()) {
            environment.putIfAbsent("TERM", "xterm");
        }
        Spawn spawn = container.withCommand(command.words()).withEnvironment(environment);
        Talk talk = Talk.start(spawn, command.terminal());
        var _ = process.exit().whenComplete((exit, trouble) -> talk.child().signalGroup(Signal.KILL));
        return new RunsInContainer(talk);
    }

    @Override
    public OutputStream input() {
        return talk.input();
    }

    @Override
    public InputStream output() {
        return talk.output();
    }

    @Override
    public InputStream errors() {
        return talk.errors();
    }

    @Override
    public void resize(int columns, int rows) {
        talk.resize(columns, rows);
    }

    @Override
    public int await() throws InterruptedException {
        try {
            return switch (talk.child().exit().get()) {
                case Exit.Code(int code) -> code;
                case Exit.Signalled(int signal) -> BY_SIGNAL + signal;
                case Exit.Unknown _ -> BY_SIGNAL;
            };
        } catch (ExecutionException untold) {
            return BY_SIGNAL;
        }
    }

    @Override
    public void close() {
        talk.close();
    }
}
