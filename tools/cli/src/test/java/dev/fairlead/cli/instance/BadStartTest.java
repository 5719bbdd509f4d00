// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot start says so in one line, with exit code 1, and has changed nothing. */
final class BadStartTest {
    @TempDir
    private Path scratch = Path.of("");

    @Test
    void aDataDirectoryBelowAFile() throws Exception {
        Path file = Files.writeString(scratch.resolve("file"), "mine");
        Path data = file.resolve("data");
        assertThat(up("--data-dir=" + data))
                .isEqualTo("fairlead: the data directory " + data + " cannot be made: " + file
                        + " is a file; remove it or choose another with --data-dir\n");
        assertThat(file).hasContent("mine");
    }

    @Test
    void aDataDirectoryThatIsAFile() throws Exception {
        Path file = Files.writeString(scratch.resolve("file"), "mine");
        assertThat(up("--data-dir=" + file))
                .isEqualTo("fairlead: the data directory " + file + " cannot be made: " + file
                        + " is a file; remove it or choose another with --data-dir\n");
    }

    @Test
    void aDataDirectoryThatNobodyMayWrite() {
        Path data = Path.of("/proc/fairlead"); // root may write everywhere else
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc here");
        assertThat(up("--data-dir=" + data))
                .startsWith("fairlead: the data directory /proc/fairlead cannot be written to: ")
                .endsWith("; choose another with --data-dir\n")
                .hasLineCount(1);
    }

    @Test
    void aNetworkThatDoesNotExist() throws Exception {
        assertThat(up("--network=quantum", "--data-dir=" + scratch.resolve("data")))
                .isEqualTo("fairlead: --network=quantum is none of auto, kernel, rootless and loopback\n");
        assertThat(listed()).isEmpty();
    }

    @Test
    void rootlessWithoutTheLauncher() throws Exception {
        assertThat(up("--network=rootless", "--data-dir=" + scratch.resolve("data")))
                .startsWith("fairlead: --network=rootless cannot be had here: ")
                .endsWith("; --network=auto takes the best network that works\n")
                .hasLineCount(1);
        assertThat(listed()).isEmpty();
    }

    @Test
    void aPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String at = "127.0.0.1:" + taken.getLocalPort();
            ProcessHandle self = ProcessHandle.current();
            String holder = Files.isDirectory(Path.of("/proc/self/fd"))
                    ? Path.of(self.info().command().orElseThrow()).getFileName() + " (pid " + self.pid() + ")"
                    : "another program";
            assertThat(up("--network=loopback", "--listen=" + at, "--data-dir=" + scratch.resolve("data")))
                    .isEqualTo("fairlead: cannot listen on " + at + ": the port is in use by " + holder
                            + "; stop that, or choose another address with --listen\n");
        }
        assertThat(listed()).isEmpty();
    }

    @Test
    void anAddressOfAnotherMachine() throws Exception {
        assertThat(up("--network=loopback", "--listen=192.0.2.1:7443", "--data-dir=" + scratch.resolve("data")))
                .startsWith("fairlead: cannot listen on 192.0.2.1:7443: ")
                .endsWith("; choose an address of this machine with --listen\n");
        assertThat(listed()).isEmpty();
    }

    @Test
    void anAddressThatIsNone() {
        assertThat(up("--listen=here", "--data-dir=" + scratch.resolve("data")))
                .isEqualTo("fairlead: --listen=here is no ADDRESS:PORT, such as 127.0.0.1:6443\n");
    }

    @Test
    void aTruncatedStoreAndADirectoryInUse() throws Exception {
        Path data = scratch.resolve("data");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Instance running = Instance.start(new Settings(data, any, "loopback", "one", false, false));
        try {
            assertThat(up("--network=loopback", "--listen=127.0.0.1:0", "--data-dir=" + data))
                    .isEqualTo("fairlead: the data directory " + data
                            + " belongs to a running instance of Fairlead (pid "
                            + ProcessHandle.current().pid() + "); stop it, or choose another with --data-dir\n");
        } finally {
            running.stop(Duration.ofSeconds(1));
        }
        Path file;
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            file = files.filter(each -> each.toString().endsWith(".db"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        Files.write(file, half);
        assertThat(up("--network=loopback", "--listen=127.0.0.1:0", "--data-dir=" + data))
                .contains(file.getFileName().toString())
                .hasLineCount(1);
        assertThat(file).as("kept as it was, for whoever repairs it").hasBinaryContent(half);
    }

    private List<Path> listed() throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.toList();
        }
    }

    /** What {@code fairlead up} says before it ends with exit code 1. */
    private static String up(String... options) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            String[] arguments =
                    Stream.concat(Stream.of("up"), Stream.of(options)).toArray(String[]::new);
            assertThat(Main.run(arguments)).as("exit code").isEqualTo(1);
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
