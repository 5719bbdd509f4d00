// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.custom.CustomKind.ScalePaths;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code Scale} of an object: how many replicas it shall have and has. */
public final class Scale {
    /** What is shown where Scales are asked for. They have no path of their own. */
    static final Resource RESOURCE = new Resource(
            "autoscaling",
            "v1",
            "Scale",
            "scales",
            "scale",
            List.of(),
            List.of(),
            true,
            List.of(),
            List.of(),
            "",
            null);

    private Scale() {}

    /** The Scale of a workload. */
    public static Map<String, Object> of(Resource resource, Map<String, Object> workload) {
        CustomKind custom = resource.custom();
        ScalePaths paths = custom == null ? null : custom.scale();
        Tree object = new Tree(workload);
        Tree from = object.tree("metadata");
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            Object value = from.value(field);
            if (value != null) {
                metadata.put(field, value);
            }
        }
        Map<String, Object> status = new LinkedHashMap<>();
        long wanted = paths == null
                ? object.tree("spec").whole("replicas", 0)
                : whole(paths.specReplicas().first(workload));
        status.put(
                "replicas",
                paths == null
                        ? object.tree("status").whole("replicas", 0)
                        : whole(paths.statusReplicas().first(workload)));
        if (paths == null) {
            LabelSelector selector = LabelSelector.from(object.tree("spec").tree("selector"));
            status.put("selector", selector.toString());
        } else if (paths.selector() != null && paths.selector().first(workload) instanceof String selector) {
            status.put("selector", selector);
        }
        Map<String, Object> scale = new LinkedHashMap<>();
        scale.put("kind", "Scale");
        scale.put("apiVersion", "autoscaling/v1");
        scale.put("metadata", metadata);
        scale.put("spec", new LinkedHashMap<String, Object>(Map.of("replicas", wanted)));
        scale.put("status", status);
        return scale;
    }

    /**
     * How many a Scale asks for.
     *
     * @throws Refusal 422 when it is less than none
     */
    static long wanted(Map<String, Object> scale) {
        Tree object = new Tree(scale);
        long replicas = object.tree("spec").whole("replicas", 0);
        if (replicas < 0) {
            throw Refusal.invalid(
                    "autoscaling",
                    "Scale",
                    object.tree("metadata").text("name", ""),
                    List.of(Invalid.invalid("spec.replicas", replicas, "must be greater than or equal to 0")));
        }
        return replicas;
    }

    /** What a Scale says of the workload itself: which one, and how many there shall be of it if the Scale gives a number. */
    static Map<String, Object> part(Resource resource, Map<String, Object> scale) {
        Tree object = new Tree(scale);
        Draft workload = Draft.copyOf(Map.of("apiVersion", resource.apiVersion(), "kind", resource.kind()));
        Draft metadata = workload.child("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion")) {
            metadata.set(field, object.tree("metadata").value(field));
        }
        if (object.tree("spec").has("replicas")) {
            set(resource, workload, wanted(scale));
        }
        return workload.tree();
    }

    /** Puts the wanted number into a workload. */
    static void set(Resource resource, Draft workload, long replicas) {
        CustomKind custom = resource.custom();
        ScalePaths paths = custom == null ? null : custom.scale();
        List<String> names = paths == null
                ? List.of("spec", "replicas")
                : paths.specReplicas().names();
        Draft at = workload;
        for (String name : names.subList(0, names.size() - 1)) {
            at = at.child(name);
        }
        at.set(names.getLast(), replicas);
    }

    private static long whole(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
