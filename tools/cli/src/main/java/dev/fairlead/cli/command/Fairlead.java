// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import org.jspecify.annotations.Nullable;
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
        subcommands = {
            Demo.class,
            Up.class,
            Get.class,
            Explain.class,
            Apply.class,
            Delete.class,
            Logs.class,
            Train.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Fairlead implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "which command? ./fairlead demo shows what this is");
        }
    }
}
