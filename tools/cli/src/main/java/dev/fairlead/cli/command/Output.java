// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import java.util.List;
import picocli.CommandLine.Option;

/** {@code -o}: the option of every command that can print in several formats. */
final class Output {
    private final List<String> known;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "how to print: yaml or json; name (get, apply, delete); wide (get)")
    private String format = "";

    /** Takes these formats. */
    Output(String... known) {
        this.known = List.of(known);
    }

    /** Refuses a format that the command does not have. */
    void check() {
        if (!format.isEmpty() && !known.contains(format)) {
            throw new Failure("-o " + format + ": there are " + String.join(", ", known) + "; kubectl knows more");
        }
    }

    /** The format; empty when none was asked for. */
    String format() {
        return format;
    }

    boolean is(String name) {
        return format.equals(name);
    }

    /** Whether whole objects are asked for. */
    boolean structured() {
        return is("yaml") || is("json");
    }
}
