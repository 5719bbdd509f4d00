// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import java.time.Duration;
import java.util.List;

/** Runs the command of an {@code exec} probe or hook beside what runs in a container. */
@FunctionalInterface
public interface Exec {
    /** Runs nothing and finds it good: for a container in which nothing can be run. */
    Exec NOTHING = (command, timeout) -> new ActionResult(true, "");

    /** Blocks until the command has ended, or was ended because {@code timeout} is over. */
    ActionResult run(List<String> command, Duration timeout) throws InterruptedException;
}
