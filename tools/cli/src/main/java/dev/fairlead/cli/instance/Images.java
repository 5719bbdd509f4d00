// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.cli.echo.Echo;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The images that are built in: command lines of programs of this very distribution. */
public final class Images {
    private Images() {}

    /** Commands by image name. */
    public static Map<String, List<String>> builtIn() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Map.of(
                "fairlead.dev/echo",
                List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xshare:auto",
                        "-Xss256k",
                        "-Xmx32m",
                        "-cp",
                        absolute(System.getProperty("java.class.path")),
                        Echo.class.getName()));
    }

    /** Pods have working directories of their own. */
    private static String absolute(String classPath) {
        StringBuilder absolute = new StringBuilder();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            absolute.append(absolute.isEmpty() ? "" : File.pathSeparator)
                    .append(Path.of(entry).toAbsolutePath());
        }
        return absolute.toString();
    }
}
