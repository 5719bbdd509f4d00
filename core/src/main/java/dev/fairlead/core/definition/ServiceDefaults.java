// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fills in what the author of a Service left out and what needs no cluster to know. */
final class ServiceDefaults {
    /** How long a client stays with its endpoint unless said otherwise, in seconds: 3 hours. */
    static final long AFFINITY_SECONDS = 10800;

    private static final List<String> POLICIES = List.of("Cluster", "Local");

    private ServiceDefaults() {}

    static Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        dropEmpty(spec);
        spec.fillText("type", "ClusterIP").fillText("sessionAffinity", "None");
        affinity(spec);
        spec.children("ports").forEach(ServiceDefaults::port);
        ServiceShape shape = new ServiceShape(draft.view());
        if (shape.externallyAccessible()) {
            spec.fill("externalTrafficPolicy", "Cluster");
        }
        if (shape.is("ClusterIP") || shape.hasNodePorts()) {
            spec.fill("internalTrafficPolicy", "Cluster");
        } else if (shape.externalName() && POLICIES.contains(spec.view().text("internalTrafficPolicy", ""))) {
            spec.remove("internalTrafficPolicy"); // means nothing here; what is no policy at all is still refused
        }
        if (shape.is("LoadBalancer")) {
            spec.fill("allocateLoadBalancerNodePorts", true);
            ingress(draft);
        }
        return draft.tree();
    }

    /** What means the same absent and empty is kept absent, so that equal Services have equal trees. */
    private static void dropEmpty(Draft spec) {
        for (String name : List.of(
                "clusterIP",
                "clusterIPs",
                "ipFamilies",
                "externalIPs",
                "externalName",
                "externalTrafficPolicy",
                "loadBalancerIP",
                "loadBalancerSourceRanges",
                "healthCheckNodePort",
                "publishNotReadyAddresses",
                "selector",
                "ports")) {
            dropEmpty(spec, name);
        }
        for (Draft port : spec.children("ports")) {
            dropEmpty(port, "name");
            dropEmpty(port, "nodePort");
        }
    }

    private static void dropEmpty(Draft draft, String name) {
        Object value = draft.view().value(name);
        boolean empty = switch (value) {
            case String text -> text.isEmpty();
            case Number number -> number.longValue() == 0;
            case Boolean truth -> !truth;
            case Collection<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            case null, default -> false;
        };
        if (empty) {
            draft.remove(name);
        }
    }

    private static void affinity(Draft spec) {
        String affinity = spec.view().text("sessionAffinity", "");
        if (affinity.equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (affinity.equals("ClientIP")
                && !spec.view().tree("sessionAffinityConfig").tree("clientIP").has("timeoutSeconds")) {
            Map<String, Object> client = new LinkedHashMap<>();
            client.put("timeoutSeconds", AFFINITY_SECONDS);
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("clientIP", client);
            spec.set("sessionAffinityConfig", config);
        }
    }

    private static void port(Draft port) {
        port.fillText("protocol", "TCP");
        Object target = port.view().value("targetPort");
        boolean open = target == null || target.equals("") || (target instanceof Number n && n.longValue() == 0);
        if (open && port.has("port")) {
            port.set("targetPort", port.view().value("port"));
        }
    }

    private static void ingress(Draft draft) {
        for (Draft ingress : draft.existing("status").existing("loadBalancer").children("ingress")) {
            if (!ingress.view().text("ip", "").isEmpty()) {
                ingress.fill("ipMode", "VIP");
            }
        }
    }
}
