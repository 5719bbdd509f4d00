// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.demo.Screen;
import dev.fairlead.cli.demo.Story;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead demo}: the shop's day under live traffic. Exit code 0 only if no request failed that must not. */
@Command(
        name = "demo",
        description = "Runs a shop of two Services under live traffic: scales it, kills, fails and rolls out pods, and"
                + " reports what every request met.",
        mixinStandardHelpOptions = true)
public final class Demo implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(5);

    @Mixin
    private InstanceOptions options = new InstanceOptions();

    @Option(names = "--keep", description = "leave the shop running at the end, and say how to use it")
    private boolean keep;

    @Option(
            names = "--pace",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "how long each state of the shop is watched (default: ${DEFAULT-VALUE})")
    private int pace = 3;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Screen screen = Screen.of(Objects.requireNonNull(spec, "the command was not parsed")
                .commandLine()
                .getOut());
        Path scratch = scratch();
        Settings settings = options.settings(scratch, 0, false);
        Instance instance = InstanceOptions.start(settings);
        Thread stop = Thread.ofPlatform().unstarted(() -> stop(instance, scratch));
        Runtime.getRuntime().addShutdownHook(stop);
        screen.say("network " + instance.choice().mode().text() + ": "
                + instance.choice().reason());
        try {
            instance.awaitNode(Images.builtIn());
            screen.say("the API answers at " + instance.url() + "; scratch directory " + settings.data());
            Story story = new Story(instance, Duration.ofSeconds(pace), screen);
            boolean well = story.tell(Example.path("shop.yaml"));
            if (keep) {
                keep(instance, screen);
            }
            return well ? 0 : 1;
        } catch (IOException | Story.BrokenException failure) {
            screen.say("");
            throw new Failure("the demo broke: " + failure.getMessage(), failure);
        }
    }

    private static void keep(Instance instance, Screen screen) throws InterruptedException {
        String dns = instance.dns().getAddress().getHostAddress();
        String from = instance.choice().mode().text().equals("rootless")
                ? "   (from inside a pod; from here use the node port on 127.0.0.1)"
                : "";
        screen.say("kept running until Ctrl-C. In another terminal:");
        screen.say("  export KUBECONFIG=" + instance.kubeconfig());
        screen.say("  kubectl -n shop get svc,endpointslices,pods -o wide");
        screen.say("  curl http://$(kubectl -n shop get svc frontend -o jsonpath='{.spec.clusterIP}')/" + from);
        screen.say("  dig @" + dns + " -p " + instance.dns().getPort() + " backend.shop.svc.cluster.local" + from);
        new CountDownLatch(1).await();
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("fairlead-demo");
        } catch (IOException refused) {
            throw new Failure("no scratch directory can be made: " + refused.getMessage(), refused);
        }
    }

    private static void stop(Instance instance, Path scratch) {
        try {
            instance.stop(GRACE);
            delete(scratch);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException | IOException stays) {
            System.err.println("fairlead: the scratch directory " + scratch + " stays: " + stays.getMessage());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException refused) {
                    throw new UncheckedIOException(refused);
                }
            });
        }
    }
}
