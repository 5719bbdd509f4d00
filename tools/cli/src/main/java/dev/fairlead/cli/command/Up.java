// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.network.NodeNetwork.Mode;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead up}: everything in one process, in the foreground. */
@Command(
        name = "up",
        description = "Runs the Kubernetes API, controllers and one node in this process until it is told to stop.",
        mixinStandardHelpOptions = true)
public final class Up implements Callable<Integer> {
    private static final int PORT = 6443;
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Mixin
    private InstanceOptions options = new InstanceOptions();

    @Option(
            names = "--dns-settings",
            paramLabel = "FILE",
            description =
                    "a file with the --dns options, a line each, instead of them; it is read again when it changes")
    private @Nullable Path names;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        long began = System.nanoTime();
        Path home = Path.of(System.getProperty("user.home"), ".fairlead");
        Settings settings = options.settings(home, PORT, false);
        if (names != null) {
            settings = settings.withNames(SettingsFile.read(names));
        }
        Instance instance = InstanceOptions.start(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stop = Thread.ofPlatform().unstarted(() -> stop(instance, stopped));
        Runtime.getRuntime().addShutdownHook(stop);
        say("API        " + instance.url() + "   (ready " + millis(began) + " ms after start)");
        say("kubeconfig " + instance.kubeconfig());
        say("network    " + instance.choice().mode().text() + ": "
                + instance.choice().reason());
        try {
            instance.awaitNode(Images.builtIn());
        } catch (IOException refused) {
            throw new Failure("the node cannot start: " + refused.getMessage(), refused);
        }
        say("addresses  pods " + instance.block().pods() + ", Services "
                + instance.block().services() + ", node "
                + instance.agent().routes().nodePortAddresses().getFirst());
        say("DNS        " + instance.dns().getAddress().getHostAddress() + " port "
                + instance.dns().getPort());
        if (instance.choice().mode() != Mode.LOOPBACK) {
            say("outside    pods reach each other, Services and this host; the world beyond it by TCP, as this host");
        }
        say("data       " + settings.data());
        say("ready in " + millis(began) + " ms. Try: export KUBECONFIG=" + instance.kubeconfig()
                + "; kubectl apply -f examples/shop.yaml");
        say("Ctrl-C stops pods and all; the data stays.");
        awaitEnd(instance, stopped);
        return 0;
    }

    private void awaitEnd(Instance instance, CountDownLatch stopped) throws InterruptedException {
        try (SystemTime time = new SystemTime()) {
            Tidying tidying = new Tidying(Tidying.Machine.THIS, time);
            SettingsFile following = names == null ? null : new SettingsFile(names, time, instance::reload, this::say);
            stopped.await();
            tidying.close();
            if (following != null) {
                following.close();
            }
        }
    }

    private static void stop(Instance instance, CountDownLatch stopped) {
        try {
            System.out.println("stopping: pods get up to " + GRACE.toSeconds() + " s to end");
            instance.stop(GRACE);
            System.out.println("stopped");
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }

    private static long millis(long since) {
        return Duration.ofNanos(System.nanoTime() - since).toMillis();
    }

    private void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }
}
