// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.network.SandboxRecord;
import dev.fairlead.pods.status.ContainerState;
import dev.fairlead.pods.status.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the next life of this node must know of a pod.
 *
 * @param boot the kernel's identity of the boot in which the processes were started: pids of another boot mean nothing
 * @param startTime when this node took the pod up
 * @param containers by name
 */
record PodRecord(
        ObjectName name,
        String uid,
        String boot,
        Instant startTime,
        @Nullable SandboxRecord sandbox,
        Map<String, ContainerRecord> containers) {

    /**
     * One container.
     *
     * @param attempt how often a process was started, which numbers its logs
     * @param pid of the current or last process, 0 before the first
     * @param start that process's start time in clock ticks
     * @param backoff how long the container waits when it ends the next time
     * @param due when a waiting container starts again; null when it does not wait
     */
    record ContainerRecord(
            int attempt,
            int restarts,
            long pid,
            long start,
            Duration backoff,
            @Nullable Instant due,
            ContainerState state,
            ContainerState.@Nullable Terminated last) {

        static ContainerRecord from(Tree tree) {
            ContainerState state = ContainerState.from(tree.tree("state"));
            return new ContainerRecord(
                    (int) tree.whole("attempt", 0),
                    (int) tree.whole("restarts", 0),
                    tree.whole("pid", 0),
                    tree.whole("start", 0),
                    Duration.ofMillis(tree.whole("backoffMillis", 0)),
                    instant(tree, "due"),
                    state == null ? new ContainerState.Waiting("ContainerCreating", "") : state,
                    ContainerState.from(tree.tree("last")) instanceof ContainerState.Terminated ended ? ended : null);
        }

        Map<String, Object> tree() {
            return Fields.of("attempt", Long.valueOf(attempt))
                    .with("restarts", Long.valueOf(restarts))
                    .with("pid", pid)
                    .with("start", start)
                    .with("backoffMillis", backoff.toMillis())
                    .with("due", due == null ? null : due.toString())
                    .with("state", state.tree())
                    .with("last", last == null ? null : last.tree())
                    .tree();
        }
    }

    static PodRecord from(Tree tree) {
        Map<String, ContainerRecord> containers = new LinkedHashMap<>();
        Tree written = tree.tree("containers");
        written.fields().keySet().forEach(name -> containers.put(name, ContainerRecord.from(written.tree(name))));
        Instant startTime = instant(tree, "startTime");
        return new PodRecord(
                new ObjectName(tree.text("namespace", ""), tree.text("name", "")),
                tree.text("uid", ""),
                tree.text("boot", ""),
                startTime == null ? Instant.EPOCH : startTime,
                tree.has("sandbox") ? SandboxRecord.from(tree.tree("sandbox")) : null,
                containers);
    }

    Map<String, Object> tree() {
        Map<String, Object> written = new LinkedHashMap<>();
        containers.forEach((name, container) -> written.put(name, container.tree()));
        return Fields.of("namespace", name.namespace())
                .with("name", name.name())
                .with("uid", uid)
                .with("boot", boot)
                .with("startTime", startTime.toString())
                .with("sandbox", sandbox == null ? null : sandbox.tree())
                .with("containers", written)
                .tree();
    }

    private static @Nullable Instant instant(Tree tree, String field) {
        String text = tree.text(field);
        return text == null ? null : Instant.parse(text);
    }
}
