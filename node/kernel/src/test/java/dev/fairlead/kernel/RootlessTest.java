// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything works without privileges, in a JVM that was started inside user and mount namespaces. */
class RootlessTest {
    @TempDir
    Path folder;

    @Test
    void aJvmOfNobodyBuildsALabAndRelaysTransparently() throws Exception {
        Probe probe = Probe.userNamespaces();
        assumeTrue(probe.possible(), probe.toString());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path module = Path.of(System.getProperty("basedir", ""), "target");
        copy(module.resolve("classes"), folder.resolve("classes"));
        copy(module.resolve("test-classes"), folder.resolve("test-classes"));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"));
        }
        command.addAll(List.of("unshare", "--user", "--map-root-user", "--mount", "--"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder.resolve("classes") + ":" + folder.resolve("test-classes"),
                RootlessMain.class.getName()));
        Path log = folder.resolve("log");
        Exit exit = Spawn.of(command)
                .withEnvironment(Map.of("PATH", System.getenv("PATH"), "LANG", "C.UTF-8"))
                .withDirectory(Path.of("/tmp"))
                .withOutput(log)
                .start()
                .exit()
                .get(60, TimeUnit.SECONDS);
        assertThat(exit).as(Files.readString(log)).isEqualTo(new Exit.Code(0));
        assertThat(Files.readString(log))
                .contains("10.96.0.1: pod-b saw 10.244.1.2")
                .contains("fd00:10:96:0:0:0:0:1: pod-b saw fd00:10:244:1:0:0:0:2")
                .contains("resolv.conf: nameserver 10.96.0.10")
                .contains("port 80: bound")
                .contains("adopted: true");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                } else {
                    Files.copy(file, target);
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
    }
}
