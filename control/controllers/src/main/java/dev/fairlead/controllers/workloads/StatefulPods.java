// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.workloads;

import dev.fairlead.controllers.Ownership;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.stateful.Member;
import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pods of StatefulSets: who they are does not change when they are made anew. */
final class StatefulPods {
    private static final String NAME = "statefulset.kubernetes.io/pod-name";
    private static final String INDEX = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    /** The name of a set's pod. */
    static String name(StatefulSet set, int ordinal) {
        return set.meta().name() + "-" + ordinal;
    }

    /** A pod of a set, from a template of it. */
    static Map<String, Object> pod(StatefulSet set, int ordinal, Map<String, Object> from, String revision) {
        Tree template = new Tree(from);
        String name = name(set, ordinal);
        Map<String, Object> labels =
                new LinkedHashMap<>(template.tree("metadata").tree("labels").fields());
        labels.put(NAME, name);
        labels.put(INDEX, String.valueOf(ordinal));
        labels.put(Member.REVISION, revision);
        Map<String, Object> metadata =
                new LinkedHashMap<>(template.tree("metadata").fields());
        metadata.remove("creationTimestamp");
        metadata.remove("generateName");
        metadata.put("namespace", set.meta().namespace());
        metadata.put("name", name);
        metadata.put("labels", labels);
        metadata.put(
                "ownerReferences",
                List.of(Ownership.controller("apps/v1", "StatefulSet", set.meta())
                        .tree()));
        Map<String, Object> spec = new LinkedHashMap<>(template.tree("spec").fields());
        spec.put("hostname", name);
        if (!set.serviceName().isEmpty()) {
            spec.put("subdomain", set.serviceName());
        }
        if (!set.claims().isEmpty()) {
            spec.put("volumes", volumes(set, name, template.tree("spec")));
        }
        return Values.object("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", spec);
    }

    /** The template's volumes; a claim takes the place of one that has its name. */
    private static List<Object> volumes(StatefulSet set, String pod, Tree spec) {
        List<Object> volumes = new ArrayList<>();
        for (String claim : set.claims()) {
            volumes.add(Values.object(
                    "name", claim, "persistentVolumeClaim", Values.object("claimName", claim + "-" + pod)));
        }
        for (Tree volume : spec.trees("volumes")) {
            if (!set.claims().contains(volume.text("name", ""))) {
                volumes.add(volume.fields());
            }
        }
        return volumes;
    }
}
