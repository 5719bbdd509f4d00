// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pods of somebody without any privilege: the same network, in a JVM that was started inside user and mount namespaces. */
@Timeout(120)
class RootlessNetworkTest {
    /** Our modules are jars in the whole build, folders when one module is built. */
    private static final List<String> NEEDED = List.of("fairlead-", "jackson-core", "snakeyaml-engine");

    @TempDir
    Path folder;

    @Test
    void podsOfNobodyHaveNetworkNamesAndVolumes() throws Exception {
        Probe probe = Probe.userNamespaces();
        assumeTrue(probe.possible(), probe.toString());
        open(folder);
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"));
        }
        command.addAll(List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "--",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                String.join(":", copiedClassPath()),
                RootlessMain.class.getName(),
                data.toString()));
        Path log = folder.resolve("log");
        Child child = Spawn.of(command)
                .withEnvironment(Map.of("PATH", System.getenv("PATH"), "LANG", "C.UTF-8"))
                .withDirectory(folder)
                .withOutput(log)
                .start();
        try {
            Exit exit = child.exit().get(100, TimeUnit.SECONDS);
            assertThat(exit).as(Files.readString(log)).isEqualTo(new Exit.Code(0));
        } finally {
            child.signalGroup(Signal.KILL);
        }

        assertThat(Files.readString(log))
                .contains("ready: 10.244.1.2\n")
                .contains("nameserver 10.96.0.10\nweb 10.244.1.2\n")
                .contains("adopted: restarts 0\ngone\nlinks left: 1\n");
    }

    /** Of our classes and the two libraries they need: the tree of the project may not be readable for everybody. */
    private List<String> copiedClassPath() throws IOException {
        List<String> copied = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            String name = from.getFileName().toString();
            if (Files.isDirectory(from)) {
                copied.add(copy(from, folder.resolve("classes-" + copied.size())));
            } else if (NEEDED.stream().anyMatch(name::startsWith)) {
                copied.add(copy(from, folder.resolve(name)));
            }
        }
        return copied;
    }

    private String copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    open(target);
                } else {
                    Files.copy(file, target);
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
        return to.toString();
    }

    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
