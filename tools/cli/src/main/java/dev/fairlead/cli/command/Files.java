// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.command.manifest.Source;
import dev.fairlead.cli.command.session.Surroundings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code -f}: the option of every command that takes objects from files. */
final class Files {
    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR|-",
            description = "YAML or JSON with objects; several times if you like")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-R", "--recursive"},
            description = "look into folders within folders")
    private boolean recursive;

    /** Whether any were named. */
    boolean given() {
        return !names.isEmpty();
    }

    /** What is in them. */
    List<Source> read(Surroundings around) throws IOException {
        return Source.read(names, recursive, around.input());
    }
}
