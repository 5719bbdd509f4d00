// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.core.allocation.ClusterIpAllocation;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes what every cluster has, through the server's own front door, so that it is like everything else. */
record Bootstrap(ApiServer server, User self, String now) {
    private static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
    private static final String DEFAULT = "/api/v1/namespaces/default/";
    private static final String NAME = "kubernetes";
    private static final List<String> NAMESPACES = List.of("default", "kube-node-lease", "kube-public", "kube-system");

    void run(ClusterNetwork network) {
        for (String name : NAMESPACES) {
            ensure("/api/v1/namespaces", Map.of("metadata", Map.of("name", name)));
        }
        serviceCidr(network);
    }

    /** Shows where ClusterIPs come from; the settings decide that, this object only tells. */
    private void serviceCidr(ClusterNetwork network) {
        List<String> cidrs =
                network.serviceCidrs().stream().map(Object::toString).toList();
        Map<String, Object> object = Map.of("metadata", Map.of("name", NAME), "spec", Map.of("cidrs", cidrs));
        if (send("POST", SERVICE_CIDRS, object) == 201) {
            Map<String, Object> ready = Map.of(
                    "type", "Ready",
                    "status", "True",
                    "reason", "",
                    "message", "Kubernetes default Service CIDR is ready",
                    "lastTransitionTime", now);
            Map<String, Object> withStatus = new LinkedHashMap<>(object);
            withStatus.put("status", Map.of("conditions", List.of(ready)));
            send("PUT", SERVICE_CIDRS + "/" + NAME + "/status", withStatus);
        }
    }

    /** Makes the Service {@code kubernetes}, which leads to the server itself, and tells where that is. */
    void advertise(ClusterNetwork network, IpAddress address, int port) {
        String clusterIp = new ClusterIpAllocation(network.serviceCidrs().getFirst())
                .first()
                .toString();
        Map<String, Object> labels = Map.of("component", "apiserver", "provider", "kubernetes");
        Map<String, Object> servicePort =
                Map.of("name", "https", "port", 443L, "targetPort", (long) port, "protocol", "TCP");
        ensure(
                DEFAULT + "services",
                Map.of(
                        "metadata",
                        Map.of("name", NAME, "labels", labels),
                        "spec",
                        Map.of("clusterIP", clusterIp, "ports", List.of(servicePort))));
        Map<String, Object> portHere = Map.of("name", "https", "port", (long) port, "protocol", "TCP");
        replace(
                DEFAULT + "endpoints",
                Map.of(
                        "metadata",
                        Map.of("name", NAME, "labels", Map.of("endpointslice.kubernetes.io/skip-mirror", "true")),
                        "subsets",
                        List.of(Map.of(
                                "addresses", List.of(Map.of("ip", address.toString())), "ports", List.of(portHere)))));
        replace(
                "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
                Map.of(
                        "metadata",
                        Map.of("name", NAME, "labels", Map.of("kubernetes.io/service-name", NAME)),
                        "addressType",
                        address.family().text(),
                        "endpoints",
                        List.of(Map.of("addresses", List.of(address.toString()), "conditions", Map.of("ready", true))),
                        "ports",
                        List.of(portHere)));
    }

    /** Puts an object in the place of whatever is there. */
    private void replace(String path, Map<String, Object> object) {
        if (send("POST", path, object) == 409) {
            send("PUT", path + "/" + NAME, object);
        }
    }

    /** Creates an object unless it is there. */
    private void ensure(String path, Map<String, Object> object) {
        send("POST", path, object);
    }

    private int send(String method, String path, Map<String, Object> object) {
        try {
            Reply reply = server.call(Request.of(method, path)
                    .with(Json.write(object), "application/json")
                    .as(self));
            if (reply.status() >= 300 && reply.status() != 409) {
                String why = reply instanceof Reply.Whole whole ? new String(whole.body(), StandardCharsets.UTF_8) : "";
                throw new IllegalStateException("could not write " + object + ": " + why);
            }
            return reply.status();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }
}
