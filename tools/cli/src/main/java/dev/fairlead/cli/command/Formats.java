// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import java.util.List;

/** The formats of {@code -o}. */
final class Formats {
    /** For showing objects. */
    static final List<String> SHOWING = List.of("wide", "yaml", "json", "name");
    /** For what became of objects. */
    static final List<String> TELLING = List.of("yaml", "json", "name");

    private Formats() {}

    /** Refuses a format that is not in {@code known}; empty is always right. */
    static void check(String format, List<String> known) {
        if (!format.isEmpty() && !known.contains(format)) {
            throw new Failure("-o " + format + ": there are " + String.join(", ", known) + "; kubectl knows more");
        }
    }
}
