// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.ClusterDns;
import dev.fairlead.agent.NodeTraffic;
import dev.fairlead.cli.command.session.KubeconfigFile;
import dev.fairlead.cli.command.session.Surroundings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.https.Connection;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fairlead dns}: answers the names of a cluster that others run, in place of CoreDNS. */
@Command(
        name = "dns",
        description = "Answers the names of an existing cluster's Services, in place of CoreDNS.",
        mixinStandardHelpOptions = true)
final class RunDns implements Callable<Integer> {
    private static final System.Logger LOG = System.getLogger(RunDns.class.getName());

    private final Surroundings around;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "where the API is and who you are (else $KUBECONFIG, ~/.fairlead/kubeconfig, ~/.kube/config;"
                    + " in a pod its service account)")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "the context in the kubeconfig to use")
    private @Nullable String context;

    @Option(
            names = "--api-server",
            paramLabel = "URL",
            description = "where the API is, instead of where the kubeconfig says")
    private @Nullable URI apiServer;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            split = ",",
            defaultValue = "0.0.0.0:53",
            description = "where queries are answered (default: ${DEFAULT-VALUE})")
    private List<String> listen = new ArrayList<>();

    @Option(
            names = "--domain",
            paramLabel = "DOMAIN",
            defaultValue = NodeTraffic.DOMAIN,
            description = "the cluster's domain (default: ${DEFAULT-VALUE})")
    private String domain = NodeTraffic.DOMAIN;

    @Option(
            names = "--health-bind-address",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "0.0.0.0:8080",
            description = "where /health says that it lives (default: ${DEFAULT-VALUE})")
    private String health = "0.0.0.0:8080";

    @Option(
            names = "--ready-bind-address",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "0.0.0.0:8181",
            description = "where /ready says that every name is known (default: ${DEFAULT-VALUE})")
    private String ready = "0.0.0.0:8181";

    @Option(
            names = "--metrics-bind-address",
            paramLabel = "ADDRESS:PORT",
            defaultValue = "0.0.0.0:9153",
            description = "where /metrics are (default: ${DEFAULT-VALUE})")
    private String metrics = "0.0.0.0:9153";

    @Option(
            names = "--dns-settings",
            paramLabel = "FILE",
            description =
                    "a file with these --dns options, a line each, instead of them; it is read again when it changes")
    private @Nullable Path settings;

    @Mixin
    private DnsOptions options = new DnsOptions();

    @Spec
    private @Nullable CommandSpec spec;

    RunDns(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws InterruptedException {
        DnsChoices choices = settings == null ? options.choices() : SettingsFile.read(settings);
        ClusterDns.Settings wanted = new ClusterDns.Settings(
                domain(),
                choices,
                listen.stream().map(at -> RunNode.address("--listen", at)).toList(),
                RunNode.address("--health-bind-address", health),
                RunNode.address("--ready-bind-address", ready),
                RunNode.address("--metrics-bind-address", metrics),
                System.getProperty("os.name").equals("Linux"));
        try (SystemTime time = new SystemTime();
                HttpsApi api = new HttpsApi(connection())) {
            ApiClient client =
                    new ApiClient(api, "fairlead-dns", null, warning -> LOG.log(System.Logger.Level.DEBUG, warning));
            try (ClusterDns dns = ClusterDns.open(wanted, client, time, new SecureRandom())) {
                run(dns, wanted, time);
            }
            return 0;
        } catch (IOException refused) {
            throw new Failure(String.valueOf(refused.getMessage()), refused);
        }
    }

    private void run(ClusterDns dns, ClusterDns.Settings wanted, SystemTime time) throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> end(asked, over));
        Runtime.getRuntime().addShutdownHook(hook);
        say("DNS        " + wanted.domain() + " at " + wanted.listening());
        SettingsFile following = settings == null ? null : new SettingsFile(settings, time, dns::reload, this::say);
        try {
            while (!dns.awaitReady(Duration.ofSeconds(30))) {
                say("waiting for Services, EndpointSlices, Namespaces and Pods");
            }
            say("ready");
            asked.await();
        } finally {
            if (following != null) {
                following.close();
            }
            over.countDown();
        }
    }

    /** On SIGTERM the process ends when this does. */
    private static void end(CountDownLatch asked, CountDownLatch over) {
        asked.countDown();
        try {
            over.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }

    private DnsName domain() {
        try {
            return DnsName.of(domain);
        } catch (IllegalArgumentException wrong) {
            throw new Failure("--domain: " + wrong.getMessage(), wrong);
        }
    }

    private Connection connection() throws IOException {
        Connection found = kubeconfig == null && around.environment().containsKey(RunNode.SERVICE_HOST)
                ? Connection.inCluster(around.environment(), Connection.SERVICE_ACCOUNT)
                : Kubeconfig.read(KubeconfigFile.find(kubeconfig, around)).connection(context);
        return apiServer == null ? found : found.at(apiServer);
    }

    private synchronized void say(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
        }
    }
}
