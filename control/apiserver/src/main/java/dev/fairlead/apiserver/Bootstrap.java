// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.repair.Teller;
import dev.fairlead.apiserver.request.Self;
import dev.fairlead.apiserver.write.ServiceCidrs;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Timestamps;
import dev.fairlead.wire.time.Time;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes what every cluster has, and makes it again when somebody has removed it. */
record Bootstrap(Self self, ClusterNetwork network, Time time) {
    private static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
    private static final String DEFAULT_CIDR = SERVICE_CIDRS + "/" + ServiceCidrs.DEFAULT;
    private static final String REPORTER = "kubernetes-default-service-cidr-controller";
    private static final List<String> NAMESPACES = List.of("default", "kube-node-lease", "kube-public", "kube-system");

    /**
     * Makes it in an empty store.
     *
     * @throws IllegalStateException when that cannot be
     */
    void run() {
        for (String name : NAMESPACES) {
            must(self.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", name))), "namespace " + name);
        }
        ensureServiceCidr();
    }

    private static void must(int status, String what) {
        if (status >= 300 && status != 409) {
            throw new IllegalStateException("the " + what + " could not be made, see the log above: " + status);
        }
    }

    /** Makes the ServiceCIDR that shows where the settings say ClusterIPs come from, and marks it ready. */
    void ensureServiceCidr() {
        List<Object> cidrs = List.copyOf(
                network.serviceCidrs().stream().map(Object::toString).toList());
        Tree found = self.get(DEFAULT_CIDR);
        if (found == null) {
            Map<String, Object> object =
                    Map.of("metadata", Map.of("name", ServiceCidrs.DEFAULT), "spec", Map.of("cidrs", cidrs));
            must(self.create(SERVICE_CIDRS, object), "default ServiceCIDR");
            found = self.get(DEFAULT_CIDR);
        }
        if (found == null || found.tree("metadata").has("deletionTimestamp")) {
            return; // the next round makes it anew
        }
        List<String> now = found.tree("spec").texts("cidrs");
        if (now.size() == 1 && cidrs.size() == 2 && now.getFirst().equals(cidrs.getFirst())) {
            self.patch(DEFAULT_CIDR, Map.of("spec", Map.of("cidrs", cidrs)));
        }
        ready(found);
    }

    private void ready(Tree found) {
        boolean ready = found.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
        if (!ready) {
            Map<String, Object> condition = new LinkedHashMap<>();
            condition.put("type", "Ready");
            condition.put("status", "True");
            condition.put("reason", "");
            condition.put("message", "Kubernetes default Service CIDR is ready");
            condition.put("lastTransitionTime", Timestamps.seconds(time.now()));
            self.patch(DEFAULT_CIDR + "/status", Map.of("status", Map.of("conditions", List.of(condition))));
        }
    }

    /** Tells when the ServiceCIDR says something else than the settings, which nobody can change for it. */
    void compareServiceCidr(Teller teller) {
        List<String> wanted =
                network.serviceCidrs().stream().map(Object::toString).toList();
        Tree found = self.get(DEFAULT_CIDR);
        if (found != null && !found.tree("spec").texts("cidrs").equals(wanted)) {
            teller.warn(
                    REPORTER,
                    new Teller.About(
                            "networking.k8s.io/v1",
                            "ServiceCIDR",
                            "",
                            ServiceCidrs.DEFAULT,
                            found.tree("metadata").text("uid", "")),
                    "KubernetesDefaultServiceCIDRInconsistent",
                    "KubernetesDefaultServiceCIDRInconsistent",
                    "this ServiceCIDR has " + found.tree("spec").texts("cidrs") + ", the server is set to " + wanted
                            + "; delete it to have it made anew");
        }
    }
}
