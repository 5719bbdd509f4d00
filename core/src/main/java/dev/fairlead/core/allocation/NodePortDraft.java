// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.ServiceShape;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Gives one Service its node ports, its health check's included, one port after the other; ends at the first refusal. */
final class NodePortDraft {
    private final NodePortAllocation allocation;
    private final Taken taken;
    private final RandomGenerator random;
    private final Set<Integer> chosen = new LinkedHashSet<>();

    NodePortDraft(ClusterNetwork network, Taken taken, RandomGenerator random) {
        this.allocation = new NodePortAllocation(network.nodePorts());
        this.taken = taken;
        this.random = random;
    }

    /** Fills in the ports of {@code service}; null, or why that is impossible. */
    @Nullable
    Plan fill(Draft service, @Nullable ServiceShape old) {
        ServiceShape shape = new ServiceShape(service.view());
        Plan stopped = null;
        if (shape.hasNodePorts()) {
            stopped = old == null ? create(service, shape) : update(service, shape, old);
        }
        boolean newHealthCheck = shape.needsHealthCheck() && (old == null || !old.needsHealthCheck());
        return stopped == null && newHealthCheck ? healthCheck(service.child("spec")) : stopped;
    }

    /** At creation, ports with the same {@code port} number (53/TCP and 53/UDP) get the same node port. */
    private @Nullable Plan create(Draft service, ServiceShape shape) {
        Map<Integer, Integer> byPort = new HashMap<>();
        List<Draft> ports = service.child("spec").children("ports");
        Map<Integer, Integer> askedByPort = askedByPort(ports);
        for (int i = 0; i < ports.size(); i++) {
            Draft port = ports.get(i);
            int asked = number(port, "nodePort");
            if (asked == 0 && !shape.allocatesNodePorts()) {
                continue;
            }
            Integer shared = byPort.get(number(port, "port"));
            if (shared == null) {
                int wanted = asked != 0 ? asked : askedByPort.getOrDefault(number(port, "port"), 0);
                Plan stopped = wanted == 0 ? give(port) : reserve(wanted, i);
                if (stopped != null) {
                    return stopped;
                }
                if (wanted != 0) {
                    port.set("nodePort", wanted);
                }
                byPort.put(number(port, "port"), number(port, "nodePort"));
            } else if (asked == 0) {
                port.set("nodePort", shared);
            } else if (asked != shared) {
                Plan stopped = reserve(asked, i);
                if (stopped != null) {
                    return stopped;
                }
            }
        }
        return null;
    }

    /** On updates each port without a number gets a new one; a number may be shared by ports of different protocols. */
    private @Nullable Plan update(Draft service, ServiceShape shape, ServiceShape old) {
        Set<Integer> own = old.hasNodePorts() ? old.nodePorts() : Set.of();
        List<Draft> ports = service.child("spec").children("ports");
        for (int i = 0; i < ports.size(); i++) {
            int asked = number(ports.get(i), "nodePort");
            Plan stopped = null;
            if (asked != 0 && !own.contains(asked) && !chosen.contains(asked)) {
                stopped = reserve(asked, i);
            } else if (asked == 0 && shape.allocatesNodePorts()) {
                stopped = give(ports.get(i));
            }
            if (stopped != null) {
                return stopped;
            }
        }
        return null;
    }

    private @Nullable Plan healthCheck(Draft spec) {
        int asked = number(spec, "healthCheckNodePort");
        if (asked == 0) {
            OptionalInt port = allocation.next(this::isTaken, random);
            if (port.isEmpty()) {
                return new Plan.Exhausted("failed to allocate a HealthCheck NodePort: range is full");
            }
            chosen.add(port.getAsInt());
            spec.set("healthCheckNodePort", port.getAsInt());
            return null;
        }
        String refusal = allocation.refusal(asked, this::isTaken).orElse(null);
        chosen.add(asked);
        return refusal == null
                ? null
                : new Plan.Exhausted("failed to allocate requested HealthCheck NodePort " + asked + ": " + refusal);
    }

    private @Nullable Plan give(Draft port) {
        OptionalInt number = allocation.next(this::isTaken, random);
        if (number.isEmpty()) {
            return new Plan.Exhausted("failed to allocate a nodePort: range is full");
        }
        chosen.add(number.getAsInt());
        port.set("nodePort", number.getAsInt());
        return null;
    }

    private @Nullable Plan reserve(int port, int index) {
        String refusal = allocation.refusal(port, this::isTaken).orElse(null);
        chosen.add(port);
        return refusal == null
                ? null
                : new Plan.Refused(
                        List.of(Invalid.invalid("spec.ports[" + index + "].nodePort", (long) port, refusal)));
    }

    private boolean isTaken(int port) {
        return chosen.contains(port) || taken.nodePort(port);
    }

    /** For each port number the first node port that somebody wrote for it. */
    private static Map<Integer, Integer> askedByPort(List<Draft> ports) {
        Map<Integer, Integer> asked = new HashMap<>();
        for (Draft port : ports) {
            int nodePort = number(port, "nodePort");
            if (nodePort != 0) {
                asked.putIfAbsent(number(port, "port"), nodePort);
            }
        }
        return asked;
    }

    private static int number(Draft draft, String field) {
        return (int) draft.view().whole(field, 0);
    }
}
