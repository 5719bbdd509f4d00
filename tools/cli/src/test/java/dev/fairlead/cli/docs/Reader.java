// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.cli.instance.LauncherScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody who reads a document and does what it says, in a folder that looks like a clone, with a home of their own, on
 * free ports. Commands that stay (an instance) run until the reader leaves.
 */
final class Reader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Pattern NETWORK = Pattern.compile("(?m)^network +(\\w+):");

    private final Path home;
    private final Path clone;
    private final Path environment;
    private final List<Process> staying = new ArrayList<>();
    private String network = "";
    private int count;

    /** What a command printed, and its exit code; −1 while it runs. */
    private record Result(int exit, String text) {}

    Reader(Path scratch) throws IOException {
        home = Files.createDirectories(scratch.resolve("home"));
        clone = Files.createDirectories(scratch.resolve("clone"));
        Files.createDirectories(scratch.resolve("tmp"));
        environment = Files.writeString(scratch.resolve("environment"), "");
        Path example = Files.createDirectory(clone.resolve("examples")).resolve("shop.yaml");
        Files.copy(LauncherScript.repository().resolve("examples/shop.yaml"), example);
        LauncherScript.write(clone.resolve("fairlead"));
    }

    void save(Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(clone.resolve(file.getKey()), file.getValue());
        }
    }

    /** Does what the document says, and finds what it shows. */
    void follow(Step step) throws IOException, InterruptedException {
        if (!step.networks().isEmpty() && !network.isEmpty() && !step.networks().contains(network)) {
            return;
        }
        if (!installed(step.command().split(" ", 2)[0])) {
            System.out.println("not run, as the program is not on this machine: " + step);
            return;
        }
        if (step.stays() || step.follows()) {
            stay(step);
            return;
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        Result result = run(step);
        while (step.looks() && !well(step, result) && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            result = run(step);
        }
        check(step, result);
    }

    private boolean well(Step step, Result result) {
        List<String> shown = step.shown();
        return (result.exit() != 0) == step.refused() && (shown == null || Shown.matches(shown, result.text()));
    }

    private void check(Step step, Result result) {
        if (well(step, result)) {
            return;
        }
        String told = step + "\nexit code " + result.exit() + ", output:\n" + result.text();
        List<String> shown = step.shown();
        if (shown != null) {
            assertThat(Shown.common(result.text())).as(told).isEqualTo(Shown.common(String.join("\n", shown)));
        }
        throw new AssertionError(told);
    }

    private Result run(Step step) throws IOException, InterruptedException {
        Path out = out();
        Process process =
                start(here(step.command()) + "\nstatus=$?\nexport -p >'" + environment + "'\nexit $status", out);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            end(process);
            throw new AssertionError(step + " goes on and on; so far:\n" + text(out));
        }
        return new Result(process.exitValue(), text(out));
    }

    /** Starts what does not end by itself, and waits for what the document shows of it, or for any line. */
    private void stay(Step step) throws IOException, InterruptedException {
        Path out = out();
        Process process = start(here("exec " + step.command()), out);
        staying.add(process);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!come(step, text(out))) {
            if (!process.isAlive() || System.nanoTime() > end) {
                check(step, new Result(process.isAlive() ? -1 : process.exitValue(), text(out)));
                throw new AssertionError(step + " ended, but it should stay; output:\n" + text(out));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        Matcher chosen = NETWORK.matcher(text(out));
        if (step.stays() && network.isEmpty() && chosen.find()) {
            network = chosen.group(1);
        }
        if (step.follows()) {
            end(process);
        }
    }

    private static boolean come(Step step, String text) {
        List<String> shown = step.shown();
        boolean ready = !step.stays() || text.contains("\nready in ");
        return ready && (shown == null ? text.contains("\n") : Shown.begins(shown, text));
    }

    private Process start(String script, Path out) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", ". '" + environment + "'\n" + script)
                .directory(clone.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("HOSTNAME", "laptop");
        builder.environment().remove("KUBECONFIG");
        Process process = builder.start();
        process.outputWriter().close();
        return process;
    }

    /** The command as it is run here: on free ports, with another place for what is temporary. */
    private String here(String script) {
        String free = script.startsWith("exec ./fairlead up")
                ? script.replaceFirst(" --listen[ =]\\S+", "").replaceFirst(" up\\b", " up --listen=127.0.0.1:0")
                : script;
        return free.replace("/tmp/", temporary());
    }

    private String text(Path out) throws IOException {
        return Files.readString(out)
                .replace(temporary(), "/tmp/")
                .replace(home.toString(), "~")
                .replace(clone + "/", "");
    }

    private String temporary() {
        return home.resolveSibling("tmp") + "/";
    }

    private Path out() {
        return home.resolveSibling("out-" + count++);
    }

    boolean installed(String program) throws IOException, InterruptedException {
        return start("command -v '" + program + "'", out()).waitFor() == 0;
    }

    private static void end(Process process) {
        process.destroy();
        try {
            process.onExit().orTimeout(40, TimeUnit.SECONDS).join();
        } catch (CompletionException late) {
            process.destroyForcibly();
            throw new AssertionError("a command did not end when it was told to: " + process.info(), late);
        }
    }

    @Override
    public void close() {
        for (Process process : staying.reversed()) {
            end(process);
        }
    }
}
