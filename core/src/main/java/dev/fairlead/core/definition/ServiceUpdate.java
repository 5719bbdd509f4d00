// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Mends a Service before it is judged, so that ordinary ways of writing one work: a PUT that leaves out what was allocated,
 * a change of type that leaves behind what only the old type could have, one of {@code clusterIP} and {@code clusterIPs}
 * written where both are meant. Only what the author did not touch is mended; the rest stays for validation to refuse.
 */
final class ServiceUpdate {
    private final Draft spec;
    private final ServiceShape after;
    private final Tree oldSpec;
    private final ServiceShape before;

    private ServiceUpdate(Draft service, Tree old) {
        this.spec = service.child("spec");
        this.after = new ServiceShape(service.view());
        this.oldSpec = old.tree("spec");
        this.before = new ServiceShape(old);
    }

    /** Mends a new Service: {@code clusterIP} alone stands for {@code clusterIPs} too, never the other way round. */
    static void mendNew(Draft service) {
        Draft spec = service.child("spec");
        String clusterIp = spec.view().text("clusterIP", "");
        if (!clusterIp.isEmpty() && spec.view().texts("clusterIPs").isEmpty()) {
            spec.set("clusterIPs", list(clusterIp));
        }
    }

    /** Mends a Service that would replace {@code old}. */
    static void mend(Draft service, Tree old) {
        ServiceUpdate update = new ServiceUpdate(service, old);
        update.dropTypeDependentFields();
        update.patchAllocatedValues();
        update.normalizeClusterIps();
        if (!update.after.is("LoadBalancer")) {
            service.existing("status").remove("loadBalancer");
        }
    }

    private void dropTypeDependentFields() {
        if (!before.externalName() && after.externalName()) {
            if (same("clusterIP") && same("clusterIPs")) {
                spec.remove("clusterIP").remove("clusterIPs");
            }
            dropIfSame("ipFamilies");
            dropIfSame("ipFamilyPolicy");
        }
        // A balancer that no longer wants node ports keeps those it has until its author takes them away.
        if (before.hasNodePorts() && !after.hasNodePorts() && before.nodePorts().containsAll(after.nodePorts())) {
            spec.children("ports").forEach(port -> port.remove("nodePort"));
        }
        if (before.needsHealthCheck() && !after.needsHealthCheck()) {
            dropIfSame("healthCheckNodePort");
        }
        if (before.is("LoadBalancer") && !after.is("LoadBalancer")) {
            dropIfSame("allocateLoadBalancerNodePorts");
            dropIfSame("loadBalancerClass");
        }
        if (before.externallyAccessible() && !after.externallyAccessible()) {
            dropIfSame("externalTrafficPolicy");
        }
    }

    private void patchAllocatedValues() {
        if (!before.externalName() && !after.externalName()) {
            if (spec.view().text("clusterIP", "").isEmpty()) {
                spec.set("clusterIP", oldSpec.value("clusterIP"));
            }
            if (after.clusterIps().isEmpty() && same("clusterIP")) {
                restore("clusterIPs");
            }
        }
        if (before.allocatesNodePorts() && after.allocatesNodePorts()) {
            patchNodePorts();
        }
        if (before.needsHealthCheck() && after.needsHealthCheck()) {
            spec.fillNumber("healthCheckNodePort", oldSpec.whole("healthCheckNodePort", 0));
        }
    }

    /** A port without a node port gets back the one that the old port of the same name had, unless another has it now. */
    private void patchNodePorts() {
        Set<Integer> used = new HashSet<>(before.nodePorts());
        used.retainAll(after.nodePorts());
        Map<String, Long> byName = new HashMap<>();
        oldSpec.trees("ports").forEach(port -> byName.put(port.text("name", ""), port.whole("nodePort", 0)));
        for (Draft port : spec.children("ports")) {
            long known = byName.getOrDefault(port.view().text("name", ""), 0L);
            if (known != 0 && port.view().whole("nodePort", 0) == 0 && !used.contains((int) known)) {
                port.set("nodePort", known);
            }
        }
    }

    private void normalizeClusterIps() {
        String clusterIp = spec.view().text("clusterIP", "");
        String oldClusterIp = oldSpec.text("clusterIP", "");
        List<String> all = after.clusterIps();
        boolean unchanged = all.equals(before.clusterIps());
        if (clusterIp.equals(oldClusterIp)) {
            if (all.isEmpty() && !clusterIp.isEmpty()) {
                restore("clusterIPs");
            }
        } else if (clusterIp.isEmpty()) {
            if (unchanged) {
                spec.remove("clusterIP").remove("clusterIPs");
            }
        } else if (unchanged) {
            spec.set("clusterIPs", list(clusterIp));
        }
    }

    private boolean same(String field) {
        return Objects.equals(spec.view().value(field), oldSpec.value(field));
    }

    private void dropIfSame(String field) {
        if (same(field)) {
            spec.remove(field);
        }
    }

    private void restore(String field) {
        Object value = oldSpec.value(field);
        spec.set(field, value == null ? null : Draft.copy(value));
    }

    private static Object list(String text) {
        return Draft.copy(List.of(text));
    }
}
