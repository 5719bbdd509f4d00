// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Objects written as short texts, and an API server's part: it names and keeps slices. */
final class Sketch {
    final Map<String, EndpointSlice> slices = new TreeMap<>();
    Zones zones = Zones.UNKNOWN;
    /** What is done after each single write: between two of them a client may look. */
    Runnable look = () -> {};

    private long revision = 100;

    static Service service(String spec) {
        return service(spec, "{}", "u1");
    }

    static Service service(String spec, String labels, String uid) {
        return Service.from(new Tree(Flow.of("{metadata: {namespace: shop, name: web, uid: " + uid + ", labels: "
                + labels + "}, spec: " + spec + "}")));
    }

    static Pod pod(String name, String spec, String status) {
        return pod(name, "", spec, status);
    }

    static Pod pod(String name, String meta, String spec, String status) {
        return Pod.from(new Tree(Flow.of("{metadata: {namespace: shop, name: " + name + ", uid: uid-" + name + meta
                + "}, spec: " + spec + ", status: " + status + "}")));
    }

    /** The nodes n1 in zone za, n2 in zone zb, and bare in none. */
    static @Nullable Node node(String name) {
        String zone = Map.of("n1", "za", "n2", "zb", "bare", "").get(name);
        if (zone == null) {
            return null;
        }
        String labels = zone.isEmpty() ? "{}" : "{topology.kubernetes.io/zone: " + zone + "}";
        return Node.from(new Tree(Flow.of("{metadata: {name: " + name + ", labels: " + labels + "}}")));
    }

    SlicePlan plan(Service service, Collection<Pod> pods, int maximum, @Nullable Instant trigger) {
        return SlicePlan.of(service, new SlicePlan.Seen(pods, Sketch::node, zones, slices.values()), maximum, trigger);
    }

    /** Plans, writes, and says how many writes there were. */
    int sync(Service service, Collection<Pod> pods, int maximum, @Nullable Instant trigger) {
        return write(plan(service, pods, maximum, trigger));
    }

    /** Makes a plan's writes one by one. */
    int write(SlicePlan plan) {
        plan.create().forEach(slice -> {
            create(slice);
            look.run();
        });
        plan.update().forEach(slice -> {
            update(slice);
            look.run();
        });
        plan.delete().forEach(slice -> {
            slices.remove(slice.meta().name());
            look.run();
        });
        return plan.create().size() + plan.update().size() + plan.delete().size();
    }

    int sync(Service service, Pod... pods) {
        return sync(service, List.of(pods), SlicePlan.USUAL_MAXIMUM, null);
    }

    void create(Map<String, Object> tree) {
        Map<String, Object> meta =
                new LinkedHashMap<>(new Tree(tree).tree("metadata").fields());
        if (!meta.containsKey("name")) {
            meta.put("name", meta.get("generateName") + String.format("%05d", revision));
        }
        meta.put("uid", "slice-" + revision);
        meta.put("resourceVersion", Long.toString(revision++));
        keep(tree, meta);
    }

    private void update(Map<String, Object> tree) {
        Map<String, Object> meta =
                new LinkedHashMap<>(new Tree(tree).tree("metadata").fields());
        EndpointSlice old = slices.get(new Tree(meta).text("name", ""));
        if (old == null || !Long.toString(old.meta().resourceVersion()).equals(meta.get("resourceVersion"))) {
            throw new IllegalStateException("a conflict: " + meta);
        }
        meta.put("resourceVersion", Long.toString(revision++));
        keep(tree, meta);
    }

    private void keep(Map<String, Object> tree, Map<String, Object> meta) {
        Map<String, Object> object = new LinkedHashMap<>(tree);
        object.put("metadata", meta);
        EndpointSlice slice = EndpointSlice.from(new Tree(object));
        slices.put(slice.meta().name(), slice);
    }

    EndpointSlice only() {
        if (slices.size() != 1) {
            throw new AssertionError("not one slice: " + slices);
        }
        return slices.values().iterator().next();
    }

    /** One line an endpoint, with its ports: what the slices say, whatever the packing. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (EndpointSlice slice : slices.values()) {
            slice.endpoints().forEach(endpoint -> lines.add(Lines.of(endpoint, slice.ports())));
        }
        lines.sort(null);
        return lines;
    }
}
