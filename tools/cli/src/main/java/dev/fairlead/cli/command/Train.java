// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.Watch;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code fairlead train}: runs what a start runs, once, so that the launch cache can be made from it. It also makes some
 * Services with pods that are mere objects: how often the loops between them run is kept in the cache too, and a start in
 * a large cluster is compiled the sooner.
 */
@Command(name = "train", hidden = true)
public final class Train implements Callable<Integer> {
    private static final int SERVICES = 50;
    private static final int PODS = 4;
    private static final String NODE = "elsewhere";
    private static final int PATIENCE_SECONDS = 10;

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
            create(client, Resources.SERVICES, """
                    {apiVersion: v1, kind: Service, metadata: {name: web, namespace: default},
                     spec: {selector: {app: web}, ports: [{port: 80}]}}
                    """);
            client.list(Resources.SERVICES, Selection.ALL);
            client.list(Resources.PODS, Selection.ALL);
        }
        populate(instance.client(), instance.block().pods().first().plus(1000));
        instance.stop(Duration.ofSeconds(1));
        return 0;
    }

    private static void populate(ApiClient client, IpAddress first) throws IOException, InterruptedException {
        create(client, Resources.NODES, "{apiVersion: v1, kind: Node, metadata: {name: " + NODE + "}}");
        for (int service = 0; service < SERVICES; service++) {
            for (int pod = 0; pod < PODS; pod++) {
                create(client, Resources.PODS, """
                        {apiVersion: v1, kind: Pod, metadata: {name: t%d-%d, namespace: default, labels: {app: t%d}},
                         spec: {nodeName: %s, containers: [{name: main, image: none}]}}
                        """.formatted(service, pod, service, NODE));
                ready(client, service, pod, first, true);
            }
            create(client, Resources.SERVICES, """
                    {apiVersion: v1, kind: Service, metadata: {name: t%d, namespace: default},
                     spec: {selector: {app: t%d}, ports: [{port: 8080}]}}
                    """.formatted(service, service));
        }
        for (int service = 0; service < SERVICES; service++) {
            ready(client, service, 0, first, false);
        }
        awaitSlices(client);
    }

    private static void create(ApiClient client, Resource resource, String yaml)
            throws IOException, InterruptedException {
        client.create(resource, Yaml.read(yaml).getFirst().fields());
    }

    private static void ready(ApiClient client, int service, int pod, IpAddress first, boolean ready)
            throws IOException, InterruptedException {
        String status = """
                status: {phase: Running, podIPs: [{ip: %s}], conditions: [{type: Ready, status: '%s'}]}
                """.formatted(first.plus((long) service * PODS + pod), ready ? "True" : "False");
        client.patch(
                Resources.PODS,
                new ObjectName("default", "t" + service + "-" + pod),
                "status",
                new Patch.Merge(Yaml.read(status).getFirst().fields()));
    }

    /** Until each Service's slice has its pods, one of them not ready; for so long at most. */
    private static void awaitSlices(ApiClient client) throws IOException, InterruptedException {
        Set<ObjectName> whole = new HashSet<>();
        try (Watch watch = client.watch(Resources.ENDPOINT_SLICES, Selection.in("default"), 0, PATIENCE_SECONDS)) {
            while (whole.size() < SERVICES) {
                Watch.Event event = watch.next();
                if (event == null) {
                    return;
                }
                EndpointSlice slice = EndpointSlice.from(event.object());
                if (slice.endpoints().size() == PODS
                        && slice.endpoints().stream().anyMatch(endpoint -> !endpoint.ready())) {
                    whole.add(slice.service());
                }
            }
        }
    }
}
