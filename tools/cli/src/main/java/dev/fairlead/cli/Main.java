// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli;

import dev.fairlead.cli.command.Fairlead;
import dev.fairlead.cli.command.session.Surroundings;
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
        CommandLine line = Fairlead.line(Surroundings.ofProcess());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        return line.execute(arguments);
    }
}
