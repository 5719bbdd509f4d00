// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Service;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a Service's slices look like as objects: names, labels, owner, and endpoints written out. */
final class SliceShape {
    static final String HEADLESS = "service.kubernetes.io/headless";
    static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final int LONGEST_PREFIX = 58; // generateName keeps five more for itself

    private final Service service;
    private final @Nullable Instant trigger;
    private final Map<String, String> labels;

    SliceShape(Service service, @Nullable Instant trigger) {
        this.service = service;
        this.trigger = trigger;
        this.labels = labels(service);
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new LinkedHashMap<>(service.meta().labels());
        labels.remove(HEADLESS);
        if (service.headless() || service.clusterIps().isEmpty()) {
            labels.put(HEADLESS, "");
        }
        labels.put(EndpointSlice.SERVICE_NAME, service.name().name());
        labels.put(EndpointSlice.MANAGED_BY, SlicePlan.CONTROLLER);
        return labels;
    }

    /** Whether {@code slice} belongs to this very Service, not to an earlier one of its name. */
    boolean owns(EndpointSlice slice) {
        OwnerReference owner = slice.meta().controller();
        return owner == null || owner.uid().equals(service.meta().uid());
    }

    /** Whether {@code slice} has the labels and the owner that it ought to have. */
    boolean fits(EndpointSlice slice) {
        return slice.meta().labels().equals(labels) && slice.meta().controller() != null;
    }

    Map<String, Object> created(IpFamily family, List<EndpointPort> ports, Collection<Endpoint> endpoints) {
        Map<String, Object> meta = new LinkedHashMap<>();
        String prefix = service.name().name() + "-";
        meta.put(
                "generateName",
                prefix.length() > LONGEST_PREFIX ? service.name().name() : prefix);
        meta.put("namespace", service.name().namespace());
        return object(meta, family.text(), Map.of(), ports, endpoints);
    }

    Map<String, Object> updated(EndpointSlice slice, List<EndpointPort> ports, Collection<Endpoint> endpoints) {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("name", slice.meta().name());
        meta.put("namespace", slice.meta().namespace());
        meta.put("uid", slice.meta().uid());
        meta.put("resourceVersion", Long.toString(slice.meta().resourceVersion()));
        if (!slice.meta().finalizers().isEmpty()) {
            meta.put("finalizers", new ArrayList<Object>(slice.meta().finalizers()));
        }
        return object(meta, slice.addressType(), slice.meta().annotations(), ports, endpoints);
    }

    private Map<String, Object> object(
            Map<String, Object> meta,
            String addressType,
            Map<String, String> annotations,
            List<EndpointPort> ports,
            Collection<Endpoint> endpoints) {
        meta.put("labels", new LinkedHashMap<String, Object>(labels));
        Map<String, Object> noted = new LinkedHashMap<>(annotations);
        noted.remove(TRIGGER_TIME);
        if (trigger != null) {
            noted.put(TRIGGER_TIME, trigger.toString());
        }
        if (!noted.isEmpty()) {
            meta.put("annotations", noted);
        }
        meta.put("ownerReferences", List.of(owner()));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("apiVersion", "discovery.k8s.io/v1");
        object.put("kind", "EndpointSlice");
        object.put("metadata", meta);
        object.put("addressType", addressType);
        List<Object> written = new ArrayList<>();
        endpoints.forEach(endpoint -> written.add(tree(endpoint)));
        object.put("endpoints", written);
        List<Object> writtenPorts = new ArrayList<>();
        ports.forEach(port -> writtenPorts.add(tree(port)));
        object.put("ports", writtenPorts);
        return object;
    }

    private Map<String, Object> owner() {
        return new OwnerReference(
                        "v1", "Service", service.name().name(), service.meta().uid(), true, true)
                .tree();
    }

    private static Map<String, Object> tree(EndpointPort port) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", port.name());
        tree.put("protocol", port.protocol().name());
        tree.put("port", (long) port.port());
        if (port.appProtocol() != null) {
            tree.put("appProtocol", port.appProtocol());
        }
        return tree;
    }

    private static Map<String, Object> tree(Endpoint endpoint) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("addresses", new ArrayList<Object>(endpoint.addresses()));
        Map<String, Object> conditions = new LinkedHashMap<>();
        conditions.put("ready", endpoint.ready());
        conditions.put("serving", endpoint.serving());
        conditions.put("terminating", endpoint.terminating());
        tree.put("conditions", conditions);
        put(tree, "hostname", endpoint.hostname());
        put(tree, "nodeName", endpoint.nodeName());
        put(tree, "zone", endpoint.zone());
        Endpoint.TargetRef target = endpoint.target();
        if (target != null) {
            Map<String, Object> ref = new LinkedHashMap<>();
            ref.put("kind", target.kind());
            ref.put("namespace", target.namespace());
            ref.put("name", target.name());
            ref.put("uid", target.uid());
            tree.put("targetRef", ref);
        }
        Map<String, Object> hints = new LinkedHashMap<>();
        putNames(hints, "forZones", endpoint.forZones());
        putNames(hints, "forNodes", endpoint.forNodes());
        if (!hints.isEmpty()) {
            tree.put("hints", hints);
        }
        return tree;
    }

    private static void put(Map<String, Object> tree, String name, @Nullable String value) {
        if (value != null) {
            tree.put(name, value);
        }
    }

    private static void putNames(Map<String, Object> hints, String field, List<String> names) {
        if (!names.isEmpty()) {
            List<Object> list = new ArrayList<>();
            names.forEach(name -> list.add(Map.<String, Object>of("name", name)));
            hints.put(field, list);
        }
    }
}
