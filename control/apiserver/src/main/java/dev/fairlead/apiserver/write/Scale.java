// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code Scale} of an object: how many replicas it shall have and has. */
public final class Scale {
    private Scale() {}

    /** The Scale of a workload. */
    public static Map<String, Object> of(Map<String, Object> workload) {
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
        status.put("replicas", object.tree("status").whole("replicas", 0));
        status.put(
                "selector",
                LabelSelector.from(object.tree("spec").tree("selector")).toString());
        Map<String, Object> scale = new LinkedHashMap<>();
        scale.put("kind", "Scale");
        scale.put("apiVersion", "autoscaling/v1");
        scale.put("metadata", metadata);
        scale.put(
                "spec",
                new LinkedHashMap<String, Object>(
                        Map.of("replicas", object.tree("spec").whole("replicas", 0))));
        scale.put("status", status);
        return scale;
    }
}
