// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the slices of one owner look like as objects: names, labels, annotations, owner, and endpoints written out.
 *
 * @param owner who they belong to: a Service, or the Endpoints they mirror
 * @param meta of that owner
 * @param labels the labels they have, and no others
 * @param annotations the annotations they have, and no others; null where whatever they have may stay
 * @param trigger the trigger time to note on what is written; null removes it
 * @param readyOnly whether ready is the only condition that is written
 */
record SliceShape(
        OwnerReference owner,
        ObjectMeta meta,
        Map<String, String> labels,
        @Nullable Map<String, String> annotations,
        @Nullable Instant trigger,
        boolean readyOnly) {
    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final int LONGEST_PREFIX = 58; // generateName keeps five more for itself

    /** The shape of the slices of a Service that selects pods. */
    static SliceShape of(Service service, @Nullable Instant trigger) {
        return new SliceShape(
                owner("Service", service.meta()),
                service.meta(),
                labelled(headlessLabelled(service), service.meta().name(), SlicePlan.CONTROLLER),
                null,
                trigger,
                false);
    }

    /** The shape of the slices that mirror {@code endpoints}. */
    static SliceShape mirroring(ObjectMeta endpoints) {
        Map<String, String> annotations = new LinkedHashMap<>(endpoints.annotations());
        annotations.remove(LAST_APPLIED);
        annotations.remove(TriggerTimes.ANNOTATION);
        return new SliceShape(
                owner("Endpoints", endpoints),
                endpoints,
                labelled(endpoints.labels(), endpoints.name(), MirrorPlan.CONTROLLER),
                annotations,
                null,
                true);
    }

    private static OwnerReference owner(String kind, ObjectMeta meta) {
        return new OwnerReference("v1", kind, meta.name(), meta.uid(), true, true);
    }

    /** A Service's labels, with the mark of one that has no address of its own exactly if it has none. */
    static Map<String, String> headlessLabelled(Service service) {
        Map<String, String> labels = new LinkedHashMap<>(service.meta().labels());
        labels.remove(HEADLESS);
        if (service.headless() || service.clusterIps().isEmpty()) {
            labels.put(HEADLESS, "");
        }
        return labels;
    }

    private static Map<String, String> labelled(Map<String, String> owners, String service, String controller) {
        Map<String, String> labels = new LinkedHashMap<>(owners);
        labels.put(EndpointSlice.SERVICE_NAME, service);
        labels.put(EndpointSlice.MANAGED_BY, controller);
        return labels;
    }

    /** Whether {@code slice} belongs to this very owner, not to an earlier one of its name. */
    boolean owns(EndpointSlice slice) {
        return slice.meta().ownerReferences().stream()
                .anyMatch(other -> other.uid().equals(owner.uid()));
    }

    /** Whether {@code slice} has the labels, annotations and the owner that it ought to have. */
    boolean fits(EndpointSlice slice) {
        return slice.meta().labels().equals(labels)
                && (annotations == null || slice.meta().annotations().equals(annotations))
                && slice.meta().ownerReferences().contains(owner);
    }

    Map<String, Object> created(IpFamily family, List<EndpointPort> ports, Collection<Endpoint> endpoints) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        String prefix = meta.name() + "-";
        metadata.put("generateName", prefix.length() > LONGEST_PREFIX ? meta.name() : prefix);
        metadata.put("namespace", meta.namespace());
        return object(metadata, family.text(), Map.of(), List.of(), ports, endpoints);
    }

    Map<String, Object> updated(EndpointSlice slice, List<EndpointPort> ports, Collection<Endpoint> endpoints) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", slice.meta().name());
        metadata.put("namespace", slice.meta().namespace());
        metadata.put("uid", slice.meta().uid());
        metadata.put("resourceVersion", Long.toString(slice.meta().resourceVersion()));
        if (!slice.meta().finalizers().isEmpty()) {
            metadata.put("finalizers", new ArrayList<Object>(slice.meta().finalizers()));
        }
        return object(
                metadata,
                slice.addressType(),
                slice.meta().annotations(),
                slice.meta().ownerReferences(),
                ports,
                endpoints);
    }

    private Map<String, Object> object(
            Map<String, Object> metadata,
            String addressType,
            Map<String, String> annotationsBefore,
            List<OwnerReference> ownersBefore,
            List<EndpointPort> ports,
            Collection<Endpoint> endpoints) {
        metadata.put("labels", new LinkedHashMap<String, Object>(labels));
        Map<String, Object> noted = new LinkedHashMap<>(annotations == null ? annotationsBefore : annotations);
        noted.remove(TriggerTimes.ANNOTATION);
        if (trigger != null) {
            noted.put(TriggerTimes.ANNOTATION, trigger.toString());
        }
        if (!noted.isEmpty()) {
            metadata.put("annotations", noted);
        }
        metadata.put("ownerReferences", owners(ownersBefore));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "discovery.k8s.io/v1");
        object.put("kind", "EndpointSlice");
        object.put("metadata", metadata);
        object.put("addressType", addressType);
        List<Object> written = new ArrayList<>();
        endpoints.forEach(endpoint -> written.add(tree(endpoint)));
        object.put("endpoints", written);
        List<Object> writtenPorts = new ArrayList<>();
        ports.forEach(port -> writtenPorts.add(port.tree()));
        object.put("ports", writtenPorts);
        return object;
    }

    /** Ours, and those that others added. */
    private List<Object> owners(List<OwnerReference> before) {
        List<Object> owners = new ArrayList<>();
        owners.add(owner.tree());
        before.stream()
                .filter(other -> !other.uid().equals(owner.uid()) && !other.controller())
                .forEach(other -> owners.add(other.tree()));
        return owners;
    }

    private Map<String, Object> tree(Endpoint endpoint) {
        Map<String, Object> tree = endpoint.tree();
        if (readyOnly) {
            tree.put("conditions", new LinkedHashMap<>(Map.of("ready", endpoint.ready())));
        }
        return tree;
    }
}
