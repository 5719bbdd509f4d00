// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import picocli.CommandLine.Option;

/** {@code -l}: the option of every command that can mean objects by their labels. */
final class Labels {
    @Option(
            names = {"-l", "--selector"},
            paramLabel = "SELECTOR",
            description = "only objects with these labels: app=web,tier!=cache")
    private String selector = "";

    /** The selector; empty when none was given. */
    String selector() {
        return selector;
    }
}
