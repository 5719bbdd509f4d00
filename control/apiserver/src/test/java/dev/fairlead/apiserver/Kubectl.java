// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the real kubectl with a home of its own. */
record Kubectl(Path home, Path kubeconfig, Map<String, String> environment) {
    /** What a run gave. */
    record Run(int exit, String out, String err) {
        /** The run succeeded and said nothing on standard error. */
        String quietly() {
            assertThat(err).isEmpty();
            assertThat(exit).isZero();
            return out;
        }
    }

    /** Whether there is a kubectl on the PATH. */
    static boolean isThere() {
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(":")) {
            if (Files.isExecutable(Path.of(folder, "kubectl"))) {
                return true;
            }
        }
        return false;
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        return feed("", arguments);
    }

    Run feed(String input, String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try (var in = process.outputWriter()) {
            in.write(input);
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("kubectl %s ended", List.of(arguments))
                .isTrue();
        return new Run(
                process.exitValue(), Files.readString(home.resolve("out")), Files.readString(home.resolve("err")));
    }

    /** Starts kubectl; its output goes to the files out and err of its home. */
    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectOutput(home.resolve("out").toFile())
                .redirectError(home.resolve("err").toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
