// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fairlead train}: runs what a start runs, once, so that the launch cache can be made from it. */
@Command(name = "train", hidden = true)
public final class Train implements Callable<Integer> {
    @Option(names = "--data-dir", required = true)
    private Path data = Path.of("train");

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = new Settings(
                data, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "loopback", "train", false, false);
        Instance instance = InstanceOptions.start(settings);
        instance.awaitNode(Images.builtIn());
        try (HttpsApi api = new HttpsApi(Kubeconfig.read(instance.kubeconfig()).connection(null))) {
            ApiClient client = new ApiClient(api, "train");
            client.create(
                    Resources.SERVICES,
                    Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "Service",
                            "metadata",
                            Map.of("name", "web", "namespace", "default"),
                            "spec",
                            Map.of(
                                    "selector", Map.of("app", "web"),
                                    "ports", List.of(Map.of("port", 80L)))));
            client.list(Resources.SERVICES, Selection.ALL);
            client.list(Resources.PODS, Selection.ALL);
        }
        instance.stop(Duration.ofSeconds(1));
        return 0;
    }
}
