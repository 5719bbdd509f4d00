// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was seen about one question.
 *
 * @param service the Service it is about; null when there is none
 * @param namesakes when there is none: Services of that name in other namespaces
 * @param siblings when there is none: the names of Services in the namespace that was asked about
 * @param pods those that the Service's selector matches
 * @param around what there is instead, looked at when the selector matches nothing
 * @param rivals other Services that claim one of its external addresses and ports, or node ports
 * @param nodes all of them
 * @param client the pod that the question names as the client; null when it names none or there is none
 * @param there the pod that has the address asked about; null when none has
 */
public record Evidence(
        Instant now,
        Question question,
        @Nullable ServiceSeen service,
        List<ObjectName> namesakes,
        List<String> siblings,
        List<PodSeen> pods,
        Around around,
        SlicesSeen slices,
        List<Service> rivals,
        List<Range> ranges,
        List<NodeSeen> nodes,
        @Nullable PodSeen client,
        @Nullable ObjectName there) {

    /** A Service with what others said about it. */
    public record ServiceSeen(Service service, String loadBalancerClass, List<Condition> conditions) {
        /** Reads a Service. */
        public static ServiceSeen from(Tree object) {
            return new ServiceSeen(
                    Service.from(object),
                    object.tree("spec").text("loadBalancerClass", ""),
                    object.tree("status").trees("conditions").stream()
                            .map(Condition::from)
                            .toList());
        }
    }

    /**
     * What is near a Service whose selector matches nothing.
     *
     * @param pods of its namespace, by their labels
     * @param workloads of its namespace, with the labels of the pods they make
     * @param elsewhere pods of other namespaces that the selector would match
     * @param relabelled pods of its namespace that the selector matched before their labels were changed
     */
    public record Around(
            List<Labelled> pods, List<Workload> workloads, List<ObjectName> elsewhere, List<Relabelled> relabelled) {
        /** Nothing. */
        public static final Around NOTHING = new Around(List.of(), List.of(), List.of(), List.of());

        /** How many pods there are. */
        int count() {
            return pods.stream().mapToInt(Labelled::pods).sum();
        }
    }

    /** Labels, and how many pods have exactly these. */
    public record Labelled(Map<String, String> labels, int pods) {}

    /** A pod and the labels it has now. */
    public record Relabelled(String pod, Map<String, String> labels) {}

    /** What makes pods. */
    public record Workload(String kind, String name, int replicas, Map<String, String> labels) {
        /** Reads a Deployment, ReplicaSet or the like. */
        public static Workload from(String kind, Tree object) {
            Tree spec = object.tree("spec");
            return new Workload(
                    kind,
                    object.tree("metadata").text("name", ""),
                    (int) spec.whole("replicas", 1),
                    spec.tree("template").tree("metadata").textMap("labels"));
        }
    }

    /**
     * The slices of a Service.
     *
     * @param own those that carry its name
     * @param unlabelled those of its namespace that carry no Service's name; looked at for Services without selector
     * @param handMade how many addresses an Endpoints object of its name has; -1 when there is none
     */
    public record SlicesSeen(List<EndpointSlice> own, List<EndpointSlice> unlabelled, int handMade) {
        /** No slices at all. */
        public static final SlicesSeen NONE = new SlicesSeen(List.of(), List.of(), -1);
    }

    /** A range from which Services get their addresses. */
    public record Range(String name, List<Cidr> cidrs, boolean ready, boolean deleting) {
        /** Reads a ServiceCIDR. */
        public static Range from(Tree object) {
            return new Range(
                    object.tree("metadata").text("name", ""),
                    object.tree("spec").texts("cidrs").stream()
                            .flatMap(text -> Cidr.parse(text).stream())
                            .toList(),
                    object.tree("status").trees("conditions").stream()
                            .noneMatch(condition -> condition.text("type", "").equals("Ready")
                                    && condition.text("status", "").equals("False")),
                    object.tree("metadata").has("deletionTimestamp"));
        }
    }
}
