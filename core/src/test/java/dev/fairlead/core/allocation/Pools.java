// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short ways to write pools and Services down. */
final class Pools {
    private Pools() {}

    static LoadBalancerPool pool(String name, Map<String, Object> more, String... addresses) {
        Map<String, Object> spec = new LinkedHashMap<>(more);
        spec.put("addresses", List.of((Object[]) addresses));
        return LoadBalancerPool.from(new Tree(Map.of("metadata", Map.of("name", name), "spec", spec)));
    }

    static LoadBalancerPool pool(String name, String... addresses) {
        return pool(name, Map.of(), addresses);
    }

    /** A Service of type LoadBalancer while it is described. */
    static final class Described {
        private final String namespace;
        private final String name;
        private final Map<String, Object> annotations = new LinkedHashMap<>();
        private final Map<String, Object> labels = new LinkedHashMap<>();
        private final Map<String, Object> spec = new LinkedHashMap<>();
        private final List<Object> ingress = new ArrayList<>();

        Described(String namespace, String name) {
            this.namespace = namespace;
            this.name = name;
            spec.put("type", "LoadBalancer");
            families("IPv4").ports("TCP/80");
        }

        Described annotation(String key, String value) {
            annotations.put(key, value);
            return this;
        }

        Described asks(String addresses) {
            return annotation("fairlead.dev/load-balancer-ips", addresses);
        }

        Described shares(String key) {
            return annotation("fairlead.dev/load-balancer-sharing-key", key);
        }

        Described label(String key, String value) {
            labels.put(key, value);
            return this;
        }

        Described with(String field, Object value) {
            spec.put(field, value);
            return this;
        }

        Described families(String... families) {
            return with("ipFamilies", List.of((Object[]) families));
        }

        Described ports(String... ports) {
            List<Object> all = new ArrayList<>();
            for (String port : ports) {
                String[] parts = port.split("/");
                all.add(Map.of("name", port, "protocol", parts[0], "port", Long.parseLong(parts[1])));
            }
            return with("ports", all);
        }

        Described has(List<?> addresses) {
            ingress.clear();
            addresses.forEach(one -> ingress.add(Map.of("ip", one.toString(), "ipMode", "VIP")));
            return this;
        }

        AddressClaim claim() {
            return AddressClaim.of(Service.from(new Tree(Map.of(
                    "metadata",
                    Map.of("name", name, "namespace", namespace, "labels", labels, "annotations", annotations),
                    "spec",
                    spec,
                    "status",
                    Map.of("loadBalancer", Map.of("ingress", ingress))))));
        }
    }

    static Described service(String name) {
        return new Described("shop", name);
    }
}
