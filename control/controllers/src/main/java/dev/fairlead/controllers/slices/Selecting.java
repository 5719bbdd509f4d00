// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.cache.Index;
import dev.fairlead.controllers.Observed;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.endpoints.ServiceIndex;
import dev.fairlead.core.endpoints.SlicePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pods a Service selects, and which Services select a pod, by indexes: a pod is under each of its labels, a Service
 * under one pair of its selector, so that neither question looks at all of the other.
 */
public final class Selecting {
    private record Label(String namespace, String key, String value) {}

    private final Observed seen;
    private final Index<Label, Pod> podsByLabel;
    private final Index<String, Pod> podsByNamespace;
    private final ServiceIndex services = new ServiceIndex();

    /** Indexes what is observed. */
    public Selecting(Observed seen) {
        this.seen = seen;
        podsByLabel =
                seen.pods.index(pod -> labels(pod.meta().namespace(), pod.meta().labels()));
        podsByNamespace = seen.pods.index(pod -> List.of(pod.meta().namespace()));
        seen.services.handle((name, old, now, revision) -> {
            synchronized (services) {
                if (now != null && SlicePlan.selects(now)) {
                    services.put(name, now.selector());
                } else {
                    services.remove(name);
                }
            }
        });
    }

    private static List<Label> labels(String namespace, Map<String, String> labels) {
        List<Label> all = new ArrayList<>(labels.size());
        labels.forEach((key, value) -> all.add(new Label(namespace, key, value)));
        return all;
    }

    /** The pods that the Service's selector matches. */
    List<Pod> pods(Service service) {
        Map<String, String> selector = service.selector() == null ? Map.of() : service.selector();
        Label rarest = null;
        int fewest = Integer.MAX_VALUE;
        for (Label label : labels(service.meta().namespace(), selector)) {
            int count = podsByLabel.count(label);
            if (count < fewest) {
                rarest = label;
                fewest = count;
            }
        }
        if (rarest == null) {
            return List.of();
        }
        List<Pod> pods = new ArrayList<>(fewest);
        for (Pod pod : podsByLabel.get(rarest)) {
            if (ServiceIndex.matches(selector, pod.meta().labels())) {
                pods.add(pod);
            }
        }
        return pods;
    }

    /** The pods of a namespace. */
    List<Pod> podsIn(String namespace) {
        return podsByNamespace.get(namespace);
    }

    /** The Services whose selectors match the pod. */
    Set<Service> services(Pod pod) {
        Set<Service> found = new LinkedHashSet<>();
        for (ObjectName name : names(pod)) {
            Service service = seen.services.get(name);
            if (service != null) {
                found.add(service);
            }
        }
        return found;
    }

    private Set<ObjectName> names(Pod pod) {
        synchronized (services) {
            return services.selecting(pod.meta().namespace(), pod.meta().labels());
        }
    }

    /**
     * The Services whose endpoints a pod's change may change: all that select it before or after; where its labels alone
     * changed, those of which it is one only before or only after. None while the pods are listed for the first time:
     * then every Service is worked on anyway.
     */
    Set<ObjectName> affected(@Nullable Pod old, @Nullable Pod now) {
        if (!seen.pods.synced()) {
            return Set.of();
        }
        if (old == null || now == null) {
            Pod one = now == null ? old : now;
            return one == null ? Set.of() : names(one);
        }
        boolean relabelled = !old.meta().labels().equals(now.meta().labels());
        boolean changed = !sameState(old, now);
        if (!relabelled) {
            return changed ? names(now) : Set.of();
        }
        Set<ObjectName> before = names(old);
        Set<ObjectName> after = names(now);
        Set<ObjectName> either = new HashSet<>(before);
        either.addAll(after);
        if (!changed) {
            before.retainAll(after);
            either.removeAll(before);
        }
        return either;
    }

    /** Whether a pod is the same as far as an endpoint shows it. */
    private static boolean sameState(Pod old, Pod now) {
        return old.meta().uid().equals(now.meta().uid())
                && old.ready() == now.ready()
                && old.meta().deleting() == now.meta().deleting()
                && old.terminal() == now.terminal()
                && old.podIps().equals(now.podIps())
                && old.nodeName().equals(now.nodeName())
                && old.hostname().equals(now.hostname())
                && old.subdomain().equals(now.subdomain());
    }
}
