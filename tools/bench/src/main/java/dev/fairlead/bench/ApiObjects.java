// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The objects that an API server is loaded with, as requests have them. All are in one namespace, which is deleted at the end. */
final class ApiObjects {
    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";
    static final String NAMESPACE = "fairlead-bench";
    static final String NAMESPACES = "/api/v1/namespaces";
    static final String SERVICES = NAMESPACES + "/" + NAMESPACE + "/services";
    static final String CONFIG_MAPS = NAMESPACES + "/" + NAMESPACE + "/configmaps";
    static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/" + NAMESPACE + "/endpointslices";

    private static final int ENDPOINTS = 10;

    private ApiObjects() {}

    static byte[] namespace() {
        return Json.write(Map.of("apiVersion", "v1", "kind", "Namespace", "metadata", Map.of("name", NAMESPACE)));
    }

    static byte[] service(String name) {
        return Json.write(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Service",
                "metadata",
                Map.of("name", name, "labels", Map.of("app", name)),
                "spec",
                Map.of("ports", List.of(Map.of("name", "http", "port", 80L, "targetPort", 8080L)))));
    }

    static byte[] configMap(String name, long value) {
        return Json.write(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Map.of("name", name),
                "data",
                Map.of("value", Long.toString(value))));
    }

    /** A slice of ten endpoints of the Service of that name, written by hand: controllers leave it alone. */
    static byte[] slice(String service, int number) {
        return Json.write(Map.of(
                "apiVersion",
                "discovery.k8s.io/v1",
                "kind",
                "EndpointSlice",
                "metadata",
                Map.of(
                        "name",
                        service + "-x",
                        "labels",
                        Map.of(
                                "kubernetes.io/service-name",
                                service,
                                "endpointslice.kubernetes.io/managed-by",
                                "fairlead-bench")),
                "addressType",
                "IPv4",
                "ports",
                List.of(Map.of("name", "http", "port", 8080L, "protocol", "TCP")),
                "endpoints",
                endpoints(number, true)));
    }

    static byte[] annotation(long value) {
        return Json.write(Map.of("metadata", Map.of("annotations", Map.of("bench", Long.toString(value)))));
    }

    /** A merge patch of a slice that makes its first endpoint ready or not: the list is replaced whole. */
    static byte[] readiness(int number, boolean ready) {
        return Json.write(Map.of("endpoints", endpoints(number, ready)));
    }

    private static List<Object> endpoints(int number, boolean firstReady) {
        List<Object> endpoints = new ArrayList<>();
        for (int i = 0; i < ENDPOINTS; i++) {
            int host = number * ENDPOINTS + i;
            endpoints.add(Map.of(
                    "addresses",
                    List.of("10." + (128 + host / 62_500) + "." + host / 250 % 250 + "." + (1 + host % 250)),
                    "conditions",
                    Map.of("ready", i > 0 || firstReady, "serving", true, "terminating", false),
                    "nodeName",
                    "n" + host % 1000));
        }
        return endpoints;
    }
}
