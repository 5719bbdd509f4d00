// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/**
 * A ReplicaSet as its controller sees it: so many pods of one template.
 *
 * @param replicas how many pods are wanted
 * @param template the {@code PodTemplateSpec} as a value tree, whole
 * @param minReadySeconds how long a pod must have been ready to count as available
 */
public record ReplicaSet(
        ObjectMeta meta,
        int replicas,
        LabelSelector selector,
        Map<String, Object> template,
        int minReadySeconds,
        Status status) {
    /**
     * What was last observed.
     *
     * @param observedGeneration the generation these counts are about
     * @param fullyLabeledReplicas pods that have all labels of the template
     */
    public record Status(
            long observedGeneration,
            int replicas,
            int fullyLabeledReplicas,
            int readyReplicas,
            int availableReplicas,
            List<Condition> conditions) {}

    /** Reads a ReplicaSet that the API server has defaulted and validated. */
    public static ReplicaSet from(Tree object) {
        Tree spec = object.tree("spec");
        Tree status = object.tree("status");
        return new ReplicaSet(
                ObjectMeta.from(object),
                (int) spec.whole("replicas", 1),
                LabelSelector.from(spec.tree("selector")),
                spec.tree("template").fields(),
                (int) spec.whole("minReadySeconds", 0),
                new Status(
                        status.whole("observedGeneration", 0),
                        (int) status.whole("replicas", 0),
                        (int) status.whole("fullyLabeledReplicas", 0),
                        (int) status.whole("readyReplicas", 0),
                        (int) status.whole("availableReplicas", 0),
                        status.trees("conditions").stream().map(Condition::from).toList()));
    }

    /** Namespace and name. */
    public ObjectName name() {
        return meta.objectName();
    }
}
