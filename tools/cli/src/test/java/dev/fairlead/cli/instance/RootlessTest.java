// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.kernel.Probe;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code up --network rootless} as somebody without any privilege, started as the launcher starts it: by its own way into
 * the user namespace. The classes are copied to where that somebody may read them.
 */
final class RootlessTest {
    private static final String NOBODY = "65534";

    @TempDir
    private Path scratch = Path.of("");

    @Test
    void theShopIsReachedByItsNodePortOnThisHost() throws Exception {
        Probe probe = Probe.userNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        open(scratch);
        String classPath = readable(Images.classPath());
        Path home = Files.createDirectory(scratch.resolve("home"));
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root) {
            run("chown", NOBODY, home.toString());
        }
        Process up = up(root, home, classPath);
        try {
            Path log = scratch.resolve("log");
            Shop.await("up is ready", Duration.ofSeconds(60), () -> {
                assertThat(up.isAlive()).as(Files.readString(log)).isTrue();
                return Files.readString(log).contains("ready in");
            });
            assertThat(Files.readString(log)).contains("network    rootless");
            Kubeconfig kubeconfig = Kubeconfig.read(home.resolve(".fairlead/kubeconfig"));
            try (HttpsApi api = new HttpsApi(kubeconfig.connection(null))) {
                Shop shop = new Shop(new ApiClient(api, "test")).apply();
                shop.awaitReady("frontend", 3);
                shop.awaitReady("backend", 3);
                InetAddress host = InetAddress.getLoopbackAddress();
                shop.reachesAll(new InetSocketAddress(host, shop.nodePort("frontend")));
            }
            assertThat(Tasks.outside(up.pid()))
                    .as("threads that do not stand where the process stands")
                    .isSubsetOf("relay", "relay-door");
            end(up);
            assertThat(up.waitFor(40, TimeUnit.SECONDS))
                    .as("ends after SIGTERM: " + Files.readString(log))
                    .isTrue();
            assertThat(Files.readString(log)).contains("stopped").doesNotContain("Exception");
            assertThat(home.resolve(".fairlead/node/holder")).doesNotExist();
        } finally {
            run("kill", "-KILL", Long.toString(up.pid()));
            up.waitFor();
        }
    }

    private Process up(boolean root, Path home, String classPath) throws IOException {
        Path launch = Shop.example()
                .resolveSibling("../tools/cli/launch/namespaces.sh")
                .normalize();
        Path readable = Files.copy(launch, scratch.resolve("namespaces.sh"));
        open(readable);
        List<String> command = new ArrayList<>();
        if (root) {
            command.addAll(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command.addAll(List.of(
                "sh",
                "-ceu",
                ". " + readable + "; enter=$(namespace_prefix \"$@\");"
                        + " FAIRLEAD_USER=$(id -u); export FAIRLEAD_USER; exec $enter " + java
                        + " -XX:TieredStopAtLevel=1 -Xmx256m --enable-native-access=ALL-UNNAMED"
                        + " -Djdk.virtualThreadScheduler.parallelism=64"
                        + " -Djava.io.tmpdir=" + home + " -Duser.home=" + home
                        + " -cp '" + classPath + "' dev.fairlead.cli.Main \"$@\"",
                "fairlead",
                "up",
                "--network=rootless",
                "--listen=127.0.0.1:0",
                "--node-name=one"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("log").toFile());
        builder.environment().remove("XDG_RUNTIME_DIR");
        builder.environment().put("HOME", home.toString());
        return builder.start();
    }

    /** The same classes at a place that everybody may read. */
    private String readable(String classPath) throws IOException {
        Path lib = Files.createDirectory(scratch.resolve("lib"));
        open(lib);
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path to = lib.resolve(entries.size() + "-" + Path.of(entry).getFileName());
            copy(Path.of(entry), to);
            entries.add(to.toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target);
                open(target);
            }
        }
    }

    private static void open(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(folder ? "rwxr-xr-x" : "rw-r--r--"));
    }

    /** SIGTERM, which a parent that is not root may not be allowed to send by itself. */
    private static void end(Process process) throws IOException, InterruptedException {
        run("kill", "-TERM", Long.toString(process.pid()));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
