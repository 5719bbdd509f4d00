// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A {@code fairlead} that runs the classes under test, in a process of its own and, as the real launcher does, inside the
 * namespaces that the network asks for.
 */
public final class LauncherScript {
    private LauncherScript() {}

    /** Writes the script to {@code file}. */
    public static Path write(Path file) throws IOException {
        Path root = repository();
        Files.writeString(file, """
                #!/bin/sh
                set -eu
                . '%s/tools/cli/launch/namespaces.sh'
                FAIRLEAD_LAUNCHER='%s/fairlead'
                FAIRLEAD_USER=$(id -un 2>/dev/null || id -u)
                export FAIRLEAD_LAUNCHER FAIRLEAD_USER
                enter=$(namespace_prefix "$@")
                exec $enter '%s/bin/java' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \\
                    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -Xmx256m "-Duser.home=$HOME" \\
                    -cp '%s' dev.fairlead.cli.Main "$@"
                """.formatted(root, root, System.getProperty("java.home"), Images.classPath()));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** This repository, wherever in it the test runs. */
    public static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("examples/shop.yaml"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
