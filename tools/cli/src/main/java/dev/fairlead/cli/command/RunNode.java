// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.ClusterNode;
import dev.fairlead.agent.cluster.Control;
import dev.fairlead.cli.command.session.KubeconfigFile;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.cli.instance.DataDirectory;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.https.Connection;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead node}: carries the Services of a cluster that others run, on this host, in place of kube-proxy. */
@Command(
        name = "node",
        description = "Carries the Services of an existing cluster on this host, in place of kube-proxy.",
        mixinStandardHelpOptions = true)
final class RunNode implements Callable<Integer> {
    static final String SERVICE_HOST = "KUBERNETES_SERVICE_HOST";

    private final Surroundings around;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "where the API is and who you are (else $KUBECONFIG, ~/.fairlead/kubeconfig, ~/.kube/config;"
                    + " in a pod its service account, with --api-server)")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "the context in the kubeconfig to use")
    private @Nullable String context;

    @Option(
            names = {"--api-server", "--master"},
            paramLabel = "URL",
            description = "where the API is, instead of where the kubeconfig says; no Service address")
    private @Nullable URI apiServer;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = "/var/lib/fairlead",
            description = "where the agent keeps what it knows of the cluster (default: ${DEFAULT-VALUE})")
    private Path data = Path.of("/var/lib/fairlead");

    @Option(
            names = "--healthz-bind-address",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "0.0.0.0:10256",
            description = "where health is told (default: ${DEFAULT-VALUE})")
    private String health = "0.0.0.0:10256";

    @Option(
            names = "--metrics-bind-address",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "127.0.0.1:10249",
            description = "where metrics are told (default: ${DEFAULT-VALUE})")
    private String metrics = "127.0.0.1:10249";

    @Option(
            names = "--cleanup",
            description =
                    "remove everything that Fairlead made on this host, end the agent that runs on --data-dir if one"
                            + " does, and exit")
    private boolean cleanup;

    @Mixin
    private NodeOptions options = new NodeOptions();

    @Spec
    private @Nullable CommandSpec spec;

    RunNode(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Namespace host = Namespace.own()) {
            if (cleanup) {
                say(ClusterNode.cleanup(host, data.toAbsolutePath()));
            } else {
                run(host);
            }
            return 0;
        } catch (ApiError refused) {
            throw new Failure("the API refused: " + refused.getMessage(), refused);
        } catch (IOException | KernelException refused) {
            throw new Failure(String.valueOf(refused.getMessage()), refused);
        }
    }

    private void run(Namespace host) throws IOException, InterruptedException {
        long began = System.nanoTime();
        Connection connection = connection();
        try (DataDirectory held = DataDirectory.open(data.toAbsolutePath());
                SystemTime time = new SystemTime()) {
            ClusterNode.Settings settings = options.settings(host, held.path());
            InetSocketAddress healthAt = address("--healthz-bind-address", health);
            InetSocketAddress metricsAt = address("--metrics-bind-address", metrics);
            say("API        " + connection.server());
            ClusterNode node = ClusterNode.open(settings, connection, time, new SecureRandom(), this::say);
            try (Control control = Control.listen(held.path(), node::end)) {
                CountDownLatch over = new CountDownLatch(1);
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(control, over)));
                say("node       " + settings.name() + " " + node.node().internalIps());
                node.report(healthAt, metricsAt);
                node.start();
                say("Services   " + node.routes().entrances().size() + " entrances, carried by "
                        + settings.carrier().text());
                say("ready in " + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
                if (control.awaitCleanup()) {
                    say("cleaned up, as was asked");
                } else {
                    node.close();
                    say("stopped; "
                            + (settings.carrier() == Carrier.NFTABLES
                                    ? "the kernel goes on carrying Services as they are now"
                                    : "nobody carries Services here"));
                }
                over.countDown();
            }
        }
    }

    /** On SIGTERM the process ends when this does. */
    private static void end(Control control, CountDownLatch over) {
        control.close();
        try {
            over.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }

    private Connection connection() throws IOException {
        Connection found;
        if (kubeconfig == null && around.environment().containsKey(SERVICE_HOST)) {
            if (apiServer == null) {
                throw new Failure(
                        "in a pod the API's address " + around.environment().get(SERVICE_HOST)
                                + " is a Service's, which this agent itself is to carry; give --api-server=https://ADDRESS:6443"
                                + " with an API server's own address");
            }
            found = Connection.inCluster(around.environment(), Connection.SERVICE_ACCOUNT);
        } else {
            found = Kubeconfig.read(KubeconfigFile.find(kubeconfig, around)).connection(context);
        }
        return apiServer == null ? found : found.at(apiServer);
    }

    /** Where to listen, as an option says it. */
    static InetSocketAddress address(String option, String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon).replace("[", "").replace("]", "");
            return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException wrong) {
            throw new Failure(option + "=" + text + " is no ADDRESS:PORT, such as 0.0.0.0:10256", wrong);
        }
    }

    private synchronized void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }
}
