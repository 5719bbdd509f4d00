// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.probe.Actions;
import dev.fairlead.wire.exchange.Command;
import dev.fairlead.wire.exchange.RunningCommand;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A process of this machine.
 *
 * @param template how it was started, or would be now, for what shall run beside it
 */
record ProcessOccupant(ContainerSpec spec, Child child, Supplier<Spawn> template, Actions actions, PodCgroups cgroups)
        implements Occupant {
    @Override
    public CompletableFuture<Exit> exit() {
        return child.exit();
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void terminate() {
        child.signalGroup(Signal.TERM);
    }

    @Override
    public void kill() {
        child.signalGroup(Signal.KILL);
    }

    @Override
    public void clear() {
        child.signalGroup(Signal.KILL); // what it started and left behind holds its ports
        cgroups.kill(spec.name()); // and what left its group
    }

    @Override
    public boolean outlives() {
        return true;
    }

    @Override
    public void release() {}

    @Override
    public long session() {
        return child.pid();
    }

    @Override
    public long startTime() {
        return child.startTime();
    }

    @Override
    public RunningCommand run(Command command) {
        return RunsInContainer.start(template.get(), child, command);
    }
}
