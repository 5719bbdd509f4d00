// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.cli.echo.Echo;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
                        classPath(),
                        Echo.class.getName()));
    }

    /**
     * All that this program is made of, however it was started itself; absolute, because pods have working directories of
     * their own.
     */
    static String classPath() {
        return Stream.of("jdk.module.path", "java.class.path")
                .map(property -> System.getProperty(property, ""))
                .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
