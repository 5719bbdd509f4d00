// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.probe;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Commands as processes beside the container's own.
 *
 * @param template the container's process as it was started; asked for only when a command is to run
 * @param scratch a directory for output
 */
public record ExecProcess(Supplier<Spawn> template, Path scratch, Time time) implements Exec {
    private static final int OUTPUT = 1024;

    @Override
    public ActionResult run(List<String> command, Duration timeout) throws InterruptedException {
        Path output = scratch.resolve("exec-" + Thread.currentThread().threadId() + ".out");
        try {
            Files.deleteIfExists(output);
            Child child = template.get().withCommand(command).withOutput(output).start();
            try {
                CompletableFuture<Exit> exit = child.exit();
                return Actions.await(time, exit, timeout)
                        ? result(exit.get(), head(output))
                        : ActionResult.failed("command " + command + " timed out after " + timeout.toMillis() + " ms");
            } finally {
                child.signalGroup(Signal.KILL); // also when nobody waits for the answer any more
            }
        } catch (KernelException | IOException | ExecutionException refused) {
            return ActionResult.failed(refused);
        } finally {
            delete(output);
        }
    }

    private static ActionResult result(Exit exit, String output) {
        return switch (exit) {
            case Exit.Code(int code) when code == 0 -> new ActionResult(true, output);
            case Exit.Code(int code) ->
                ActionResult.failed(output.isEmpty() ? "command ended with exit code " + code : output);
            case Exit.Signalled(int signal) -> ActionResult.failed("command was ended by signal " + signal);
            case Exit.Unknown _ -> ActionResult.failed("command ended in a way that is not known");
        };
    }

    private static String head(Path output) throws IOException {
        try (InputStream in = Files.newInputStream(output)) {
            return new String(in.readNBytes(OUTPUT), StandardCharsets.UTF_8).strip();
        }
    }

    private static void delete(Path output) {
        try {
            Files.deleteIfExists(output);
        } catch (IOException left) {
            // it lies in the pod's folder and goes with it
        }
    }
}
