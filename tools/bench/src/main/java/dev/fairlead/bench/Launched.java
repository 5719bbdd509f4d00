// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.client.https.Connection;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code ./fairlead up} in a process of its own. */
final class Launched implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path data;
    private final long readyNanos;

    private Launched(Process process, Path data, long readyNanos) {
        this.process = process;
        this.data = data;
        this.readyNanos = readyNanos;
    }

    /**
     * Starts it and waits until {@code /readyz} is answered with 200 over HTTPS.
     *
     * @param cache whether the launch cache may be used
     */
    static Launched start(Path home, Path data, boolean cache) throws IOException, InterruptedException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                home.resolve("fairlead").toString(),
                "up",
                "--network=loopback",
                "--data-dir",
                data.toString(),
                "--listen",
                "127.0.0.1:" + port);
        if (!cache) {
            builder.environment().put("FAIRLEAD_CACHE", "");
        }
        Path log = Files.createTempFile(data.getParent(), "up", ".log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long began = System.nanoTime();
        Process process = builder.start();
        URI server = URI.create("https://127.0.0.1:" + port);
        while (!answers(server)) {
            if (!process.isAlive() || System.nanoTime() - began > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                process.destroy();
                throw new IOException("./fairlead up did not come up; it said: " + Files.readString(log));
            }
            Thread.sleep(2);
        }
        return new Launched(process, data, System.nanoTime() - began);
    }

    private static boolean answers(URI server) throws InterruptedException {
        try (java.net.Socket door = new java.net.Socket(server.getHost(), server.getPort())) {
            door.getLocalPort(); // somebody listens: only now is it worth a TLS handshake
        } catch (IOException nobody) {
            return false;
        }
        try (HttpsApi api = new HttpsApi(new Connection(server, List.of(), true, null, null))) {
            return api.call(Request.of("GET", "/readyz")).status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    /** From exec to the first answer. */
    long readyNanos() {
        return readyNanos;
    }

    long pid() {
        return process.pid();
    }

    Path kubeconfig() {
        return data.resolve("kubeconfig");
    }

    /** Resident memory in MiB. */
    double residentMebibytes() throws IOException {
        return residentMebibytes(process.pid());
    }

    /** Resident memory of any process in MiB. */
    static double residentMebibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("the process has no VmRSS");
    }

    @Override
    public void close() {
        process.destroy(); // SIGTERM: an orderly stop
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException now) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
