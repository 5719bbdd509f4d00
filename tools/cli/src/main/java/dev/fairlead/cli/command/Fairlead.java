// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.session.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program without a command: says what there is. */
@Command(
        name = "fairlead",
        description =
                "Kubernetes Services without a cluster: stable addresses, names and load balancing for processes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Fairlead implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /** The whole command line, for somebody in these surroundings; it tells failures, and never throws at a user. */
    public static CommandLine line(Surroundings around) {
        return new CommandLine(new Fairlead())
                .addSubcommand(new Demo())
                .addSubcommand(new Up())
                .addSubcommand(new RunNode(around))
                .addSubcommand(new RunDns(around))
                .addSubcommand(lab(around))
                .addSubcommand(new Get(new Connecting(around)))
                .addSubcommand(new Explain(new Connecting(around)))
                .addSubcommand(new Top(new Connecting(around)))
                .addSubcommand(new Apply(new Connecting(around)))
                .addSubcommand(new Delete(new Connecting(around)))
                .addSubcommand(new Logs(new Connecting(around)))
                .addSubcommand(new Train())
                .setExecutionExceptionHandler((exception, command, result) -> explain(exception, command));
    }

    /** The words of a command that runs on a host are its own, not ours. */
    private static CommandLine lab(Surroundings around) {
        return new CommandLine(new RunLab(around)).setStopAtPositional(true);
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

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "which command? ./fairlead demo shows what this is");
        }
    }
}
