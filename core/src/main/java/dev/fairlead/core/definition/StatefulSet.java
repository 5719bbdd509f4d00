// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A StatefulSet as its controller sees it: pods with names that stay, {@code web-0}, {@code web-1} …
 *
 * @param replicas how many pods are wanted
 * @param start the number of the first
 * @param template the {@code PodTemplateSpec} as a value tree, whole
 * @param serviceName the headless Service that gives pods their names; may be empty
 * @param ordered whether a pod waits until those before it are available; else all come and go at once
 * @param minReadySeconds how long a pod must have been ready to count as available
 * @param revisionHistoryLimit how many old templates to keep; all when negative
 * @param claims the names of the volumes that would be claims of their own for each pod
 */
public record StatefulSet(
        ObjectMeta meta,
        int replicas,
        int start,
        LabelSelector selector,
        Map<String, Object> template,
        String serviceName,
        boolean ordered,
        Update update,
        int minReadySeconds,
        int revisionHistoryLimit,
        List<String> claims,
        Status status) {
    private static final IntOrPercent ONE = new IntOrPercent(1, false);

    /** How pods of another template come to be replaced. */
    public sealed interface Update {
        /** Whoever wants it ends them. */
        record OnDelete() implements Update {}

        /**
         * The last first.
         *
         * @param partition pods that come before the one at this place keep their template; places count from 0
         */
        record Rolling(int partition, IntOrPercent maxUnavailable) implements Update {
            /** How many of {@code replicas} may be unavailable because of it: one at least. */
            public int unavailable(int replicas) {
                return Math.max(1, maxUnavailable.ofRoundedDown(replicas));
            }
        }
    }

    /**
     * What was last observed.
     *
     * @param observedGeneration the generation these counts are about
     * @param currentRevision the name of the template that pods had before the last change; empty before the first
     * @param updateRevision the name of the template that pods get
     * @param collisionCount how often the name of a template was taken; null when never
     */
    public record Status(
            long observedGeneration,
            int replicas,
            int readyReplicas,
            int availableReplicas,
            int currentReplicas,
            int updatedReplicas,
            String currentRevision,
            String updateRevision,
            @Nullable Integer collisionCount) {}

    /** Reads a StatefulSet that the API server has defaulted and validated. */
    public static StatefulSet from(Tree object) {
        Tree spec = object.tree("spec");
        return new StatefulSet(
                ObjectMeta.from(object),
                (int) spec.whole("replicas", 1),
                (int) spec.tree("ordinals").whole("start", 0),
                LabelSelector.from(spec.tree("selector")),
                spec.tree("template").fields(),
                spec.text("serviceName", ""),
                !spec.text("podManagementPolicy", "").equals("Parallel"),
                update(spec.tree("updateStrategy")),
                (int) spec.whole("minReadySeconds", 0),
                (int) spec.whole("revisionHistoryLimit", 10),
                spec.trees("volumeClaimTemplates").stream()
                        .map(claim -> claim.tree("metadata").text("name", ""))
                        .toList(),
                status(object.tree("status")));
    }

    /** Namespace and name. */
    public ObjectName name() {
        return meta.objectName();
    }

    private static Update update(Tree strategy) {
        if (strategy.text("type", "").equals("OnDelete")) {
            return new Update.OnDelete();
        }
        Tree rolling = strategy.tree("rollingUpdate");
        return new Update.Rolling(
                (int) rolling.whole("partition", 0), IntOrPercent.read(rolling.value("maxUnavailable"), ONE));
    }

    private static Status status(Tree status) {
        return new Status(
                status.whole("observedGeneration", 0),
                (int) status.whole("replicas", 0),
                (int) status.whole("readyReplicas", 0),
                (int) status.whole("availableReplicas", 0),
                (int) status.whole("currentReplicas", 0),
                (int) status.whole("updatedReplicas", 0),
                status.text("currentRevision", ""),
                status.text("updateRevision", ""),
                status.number("collisionCount"));
    }
}
