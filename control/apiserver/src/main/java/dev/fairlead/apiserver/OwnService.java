// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.request.Self;
import dev.fairlead.core.allocation.ClusterIpAllocation;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * The Service {@code default/kubernetes}, by which pods find the server, with its Endpoints and EndpointSlice. No
 * controller writes those: the Service has no selector, and its Endpoints are marked as not to be mirrored.
 *
 * @param address where pods reach the server
 * @param port the port there
 */
record OwnService(ClusterNetwork network, IpAddress address, int port) {
    private static final String NAME = "kubernetes";
    private static final String DEFAULT = "/api/v1/namespaces/default/";

    /** Makes it, or makes it right again. */
    void write(Self self) {
        if (self.get(DEFAULT + "services/" + NAME) == null) {
            self.create(DEFAULT + "services", service());
        }
        replace(self, DEFAULT + "endpoints", endpoints());
        replace(self, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", slice());
    }

    /** Puts an object in the place of whatever is there; one that is as it should be stays untouched. */
    private static void replace(Self self, String path, Map<String, Object> object) {
        if (self.get(path + "/" + NAME) == null) {
            self.create(path, object);
        } else {
            self.update(path + "/" + NAME, object);
        }
    }

    private Map<String, Object> service() {
        String clusterIp = new ClusterIpAllocation(network.serviceCidrs().getFirst())
                .first()
                .toString();
        Map<String, Object> servicePort =
                Map.of("name", "https", "port", 443L, "targetPort", (long) port, "protocol", "TCP");
        return Map.of(
                "metadata",
                Map.of("name", NAME, "labels", Map.of("component", "apiserver", "provider", "kubernetes")),
                "spec",
                Map.of(
                        "clusterIP",
                        clusterIp,
                        "ipFamilyPolicy",
                        "SingleStack",
                        "sessionAffinity",
                        "None",
                        "ports",
                        List.of(servicePort)));
    }

    private Map<String, Object> endpoints() {
        return Map.of(
                "metadata",
                Map.of("name", NAME, "labels", Map.of("endpointslice.kubernetes.io/skip-mirror", "true")),
                "subsets",
                List.of(Map.of("addresses", List.of(Map.of("ip", address.toString())), "ports", List.of(portHere()))));
    }

    private Map<String, Object> slice() {
        return Map.of(
                "metadata",
                Map.of("name", NAME, "labels", Map.of("kubernetes.io/service-name", NAME)),
                "addressType",
                address.family().text(),
                "endpoints",
                List.of(Map.of("addresses", List.of(address.toString()), "conditions", Map.of("ready", true))),
                "ports",
                List.of(portHere()));
    }

    private Map<String, Object> portHere() {
        return Map.of("name", "https", "port", (long) port, "protocol", "TCP");
    }
}
