// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that somebody else has made, run with a home of its own. */
record Program(Path file, Path home, Path kubeconfig) {
    /** What a run gave. */
    record Run(int exit, String out, String err) {
        /** The output of a run that succeeded and had nothing to complain about. */
        String quietly() {
            assertThat(err).as("on standard error, after %s", out).isEmpty();
            assertThat(exit).isZero();
            return out;
        }
    }

    /** The folders of what fetch-clients.sh has fetched, each with a kubectl and a helm. Skips the test when there are none. */
    static List<Path> fetched() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("fairlead"))) {
            root = root.getParent();
        }
        Path clients = root.resolve("target/clients");
        if (!Files.isDirectory(clients)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(clients)) {
            return folders.filter(folder -> Files.isExecutable(folder.resolve("kubectl")))
                    .sorted()
                    .toList();
        }
    }

    /** Skips the test that has none of them. */
    static void require(List<Path> fetched) {
        assumeFalse(fetched.isEmpty(), "no kubectl and helm: tools/contract/fetch-clients.sh fetches them");
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        return feed("", arguments);
    }

    /** Runs it and wants it to succeed without a word on standard error. */
    String quietly(String... arguments) throws IOException, InterruptedException {
        return run(arguments).quietly();
    }

    Run feed(String input, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "run", ".out");
        Path err = Files.createTempFile(home, "run", ".err");
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        Process process = builder.start();
        try (var in = process.outputWriter()) {
            in.write(input);
        }
        if (!process.waitFor(2 * Cluster.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " has not ended: " + Files.readString(out) + Files.readString(err));
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
