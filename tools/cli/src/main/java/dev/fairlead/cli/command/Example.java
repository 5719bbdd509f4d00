// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import java.nio.file.Path;

/** The examples, which lie beside the launcher. */
final class Example {
    private Example() {}

    /** Where the example of that name is. */
    static Path path(String name) {
        String launcher = System.getenv("FAIRLEAD_LAUNCHER");
        Path home = launcher == null ? Path.of("") : Path.of(launcher).getParent();
        return (home == null ? Path.of("") : home).resolve("examples").resolve(name);
    }
}
