// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.contract;

import dev.fairlead.agent.network.Choice;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** An instance on loopback, as {@code ./fairlead up} is one, in this JVM. */
final class Cluster implements AutoCloseable {
    /** How long anything may take that is waited for; only a failing test takes that long. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Instance instance;
    private final Path kubeconfig;

    private Cluster(Instance instance, Path kubeconfig) {
        this.instance = instance;
        this.kubeconfig = kubeconfig;
    }

    static Cluster start(Path folder) throws IOException, InterruptedException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Path data = folder.resolve("data");
        Instance instance = start(new Settings(data, anyPort, "loopback", "contract", false, true));
        Cluster cluster = new Cluster(instance, data.resolve("kubeconfig"));
        try {
            instance.awaitNode(Images.builtIn());
        } catch (IOException | RuntimeException failure) {
            cluster.close();
            throw failure;
        }
        return cluster;
    }

    private static Instance start(Settings settings) throws IOException, InterruptedException {
        try {
            return Instance.start(settings);
        } catch (Choice.UnavailableException impossible) {
            throw new AssertionError("loopback is possible everywhere", impossible);
        }
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    /** Waits until it is so. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // the pace of asking, not what is waited for
        }
    }

    @Override
    public void close() {
        try {
            instance.stop(Duration.ofSeconds(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
