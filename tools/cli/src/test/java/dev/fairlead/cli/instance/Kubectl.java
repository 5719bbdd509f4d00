// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real kubectl in the shop's namespace, with a home of its own. */
record Kubectl(Path home, Path kubeconfig) {
    /** What a run gave. */
    record Said(int exit, String out, String err) {}

    /** Leaves a test out where there is none. */
    static void needed() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder, "kubectl"))) {
                return;
            }
        }
        assumeTrue(false, "no kubectl on the PATH");
    }

    Said run(String input, String... words) throws IOException, InterruptedException {
        return run(Map.of(), input, words);
    }

    Said run(Map<String, String> environment, String input, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kubectl", "-n", Shop.NAMESPACE));
        command.addAll(List.of(words));
        return command(environment, input, command);
    }

    /** Any command that finds the cluster as kubectl does. */
    Said command(Map<String, String> environment, String input, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", "");
        Process process = start(environment, out, command);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + command + "\n" + Files.readString(out));
        }
        return new Said(process.exitValue(), Files.readString(out), Files.readString(Path.of(out + ".err")));
    }

    /** Starts a command; what it says goes to {@code out} and, errors, to a file beside it. */
    Process start(Map<String, String> environment, Path out, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectOutput(out.toFile())
                .redirectError(Path.of(out + ".err").toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }
}
