// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.lab;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.manifest.Manifest;
import dev.fairlead.cli.command.manifest.Refused;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Services and slices as an API server takes them: checked, with what they leave open filled in. It is one of this moment, with
 * nothing else in it, and no controllers: what is not written does not happen.
 */
record Admitted(List<Service> services, List<EndpointSlice> slices) {
    private static final Request.User USER = new Request.User("lab", Set.of("system:masters"));
    private static final Reply NO_LOGS = new Reply.Whole(404, Map.of(), new byte[0]);

    /**
     * What such a server makes of these objects. It gives addresses and ports anew each time, the same ones for the same files.
     *
     * @throws Failure with the places of what it refuses
     */
    static Admitted of(List<Manifest> manifests, ClusterNetwork network) throws IOException, InterruptedException {
        try (Store store = MemoryStore.open();
                SystemTime time = new SystemTime();
                ApiServer server = new ApiServer(ApiServer.Parts.of(
                        store, network, time, new Random(1), (pod, container, options) -> NO_LOGS))) {
            ApiClient client = new ApiClient(server, "fairlead-lab", USER, warning -> {});
            namespaces(client, manifests);
            List<String> refused = new ArrayList<>();
            for (Manifest manifest : manifests) {
                try {
                    create(client, manifest);
                } catch (ApiError error) {
                    refused.addAll(Refused.lines(manifest, error));
                }
            }
            if (!refused.isEmpty()) {
                throw new Failure(String.join("\n", refused));
            }
            return new Admitted(
                    client.list(Resources.SERVICES, Selection.ALL).items().stream()
                            .map(Service::from)
                            .toList(),
                    client.list(Resources.ENDPOINT_SLICES, Selection.ALL).items().stream()
                            .map(EndpointSlice::from)
                            .toList());
        }
    }

    /** Those that objects are in need no file. */
    private static void namespaces(ApiClient client, List<Manifest> manifests)
            throws IOException, InterruptedException {
        for (String namespace : manifests.stream()
                .map(Manifest::namespace)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList()) {
            if (client.find(Resources.NAMESPACES, new ObjectName("", namespace)) == null) {
                client.create(
                        Resources.NAMESPACES,
                        Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", namespace)));
            }
        }
    }

    /** With its status, and without what only the server it may come from knows. */
    private static void create(ApiClient client, Manifest manifest) throws IOException, InterruptedException {
        if (manifest.resource().kind().equals("Namespace")) {
            return;
        }
        Map<String, Object> object = new LinkedHashMap<>(manifest.fields());
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        List.of("uid", "resourceVersion", "ownerReferences").forEach(metadata::remove);
        object.put("metadata", metadata);
        client.create(manifest.resource(), object);
        Object status = object.get("status");
        if (status != null && manifest.resource().kind().equals("Service")) {
            client.patch(
                    manifest.resource(),
                    new ObjectName(manifest.namespace(), manifest.name()),
                    "status",
                    new Patch.Merge(Map.of("status", status)));
        }
    }
}
