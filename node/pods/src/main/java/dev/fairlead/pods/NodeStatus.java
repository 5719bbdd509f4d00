// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.status.Fields;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Node object of this machine, as a value tree.
 *
 * @param name the node's name; also its host name as Kubernetes understands it
 * @param addresses primary first
 * @param podBlocks what pods of this node get their addresses from
 * @param labels beside those that every node has
 * @param machine what runs here
 * @param capacity how much of it there is
 */
public record NodeStatus(
        String name,
        List<IpAddress> addresses,
        List<Cidr> podBlocks,
        Map<String, String> labels,
        Machine machine,
        Capacity capacity) {
    /** What {@code kubectl get nodes} shows as version. */
    public static final String VERSION = "v1.36.0+fairlead";

    /**
     * The system this node runs on.
     *
     * @param architecture as Kubernetes calls it: {@code amd64}, {@code arm64}
     * @param osImage {@code Debian GNU/Linux 12 (bookworm)}
     */
    public record Machine(
            String architecture, String system, String osImage, String kernel, String machineId, String bootId) {}

    /** Processors, memory in bytes, and how many pods there may be. */
    public record Capacity(int processors, long memory, int pods) {
        private Map<String, Object> tree() {
            return Fields.of("cpu", Integer.toString(processors))
                    .with("memory", memory / 1024 + "Ki")
                    .with("pods", Integer.toString(pods))
                    .tree();
        }
    }

    /** The whole object, for its creation. */
    public Map<String, Object> object(boolean ready, Instant now) {
        Map<String, Object> all = new LinkedHashMap<>(labels);
        all.put("kubernetes.io/hostname", name);
        all.put("kubernetes.io/arch", machine.architecture);
        all.put("kubernetes.io/os", machine.system);
        return Fields.of("apiVersion", "v1")
                .with("kind", "Node")
                .with("metadata", Fields.of("name", name).with("labels", all).tree())
                .with("spec", spec())
                .with("status", status(null, ready, now))
                .tree();
    }

    /** The status alone; times of conditions in {@code current} that did not change are kept. */
    public Map<String, Object> status(@Nullable Tree current, boolean ready, Instant now) {
        List<Object> conditions = new ArrayList<>();
        conditions.add(condition(
                "MemoryPressure", false, "FairleadHasNoLimits", "processes share the machine's memory", current, now));
        conditions.add(
                condition("DiskPressure", false, "FairleadHasNoLimits", "processes share the disk", current, now));
        conditions.add(
                condition("PIDPressure", false, "FairleadHasNoLimits", "processes share the pids", current, now));
        conditions.add(condition(
                "Ready",
                ready,
                ready ? "FairleadReady" : "FairleadNotReady",
                ready ? "pods run and Services are carried" : "the node is starting or stopping",
                current,
                now));
        return Fields.of("capacity", capacity.tree())
                .with("allocatable", capacity.tree())
                .with("conditions", conditions)
                .with("addresses", addressTrees())
                .with("nodeInfo", info())
                .tree();
    }

    private Map<String, Object> spec() {
        Fields spec = Fields.none();
        if (!podBlocks.isEmpty()) {
            spec.with("podCIDR", podBlocks.getFirst().toString())
                    .with(
                            "podCIDRs",
                            podBlocks.stream().<Object>map(Cidr::toString).toList());
        }
        return spec.tree();
    }

    private List<Object> addressTrees() {
        List<Object> trees = new ArrayList<>();
        addresses.forEach(address -> trees.add(Fields.of("type", "InternalIP")
                .with("address", address.toString())
                .tree()));
        trees.add(Fields.of("type", "Hostname").with("address", name).tree());
        return trees;
    }

    private Map<String, Object> info() {
        return Fields.of("machineID", machine.machineId)
                .with("systemUUID", machine.machineId)
                .with("bootID", machine.bootId)
                .with("kernelVersion", machine.kernel)
                .with("osImage", machine.osImage)
                .with("containerRuntimeVersion", "fairlead://processes")
                .with("kubeletVersion", VERSION)
                .with("kubeProxyVersion", "")
                .with("operatingSystem", machine.system)
                .with("architecture", machine.architecture)
                .tree();
    }

    private static Map<String, Object> condition(
            String type, boolean holds, String reason, String message, @Nullable Tree current, Instant now) {
        String status = holds ? "True" : "False";
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String since = current == null
                ? time
                : current.trees("conditions").stream()
                        .filter(before -> before.text("type", "").equals(type)
                                && before.text("status", "").equals(status))
                        .map(before -> before.text("lastTransitionTime", time))
                        .findFirst()
                        .orElse(time);
        return Fields.of("type", type)
                .with("status", status)
                .with("lastHeartbeatTime", time)
                .with("lastTransitionTime", since)
                .with("reason", reason)
                .with("message", message)
                .tree();
    }
}
