// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.Fairlead;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Where the program begins. Exit codes: 0 done, 1 it failed, 2 the command line is wrong. */
public final class Main {
    private Main() {}

    /** Runs the command that {@code arguments} name. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs a command and gives its exit code; never throws at a user. */
    public static int run(String... arguments) {
        CommandLine line = new CommandLine(new Fairlead());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler((exception, command, result) -> explain(exception, command));
        return line.execute(arguments);
    }

    private static int explain(Exception exception, CommandLine command) {
        if (exception instanceof Failure failure) {
            command.getErr().println("fairlead: " + failure.getMessage());
            return 1;
        }
        command.getErr().println("fairlead: this is a bug, please report it with what follows");
        exception.printStackTrace(command.getErr());
        return 1;
    }
}
