// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Told;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.endpoints.Excluded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Tells about a Service's slices by events, each thing once until it is otherwise; a Service is told about by one thread. */
final class News {
    private static final String FAILED = "FailedToUpdateEndpointSlices";
    private static final String HINTS_ON = "TopologyAwareHintsEnabled";
    private static final String HINTS_OFF = "TopologyAwareHintsDisabled";

    private final Events events;
    /** What each Service was told, by topic; nothing for Services of which there is nothing to tell. */
    private final Map<ObjectName, Map<String, String>> told = new ConcurrentHashMap<>();

    News(Events events) {
        this.events = events;
    }

    void forget(ObjectName service) {
        told.remove(service);
    }

    /** A write was refused. */
    void failed(Service service, String why) {
        events.warning(Told.about(service), FAILED, "the EndpointSlices could not be written: " + why);
    }

    /** Pods are left out because their nodes are not known; none for an empty list. */
    void lost(Service service, List<Excluded> pods) {
        String message = pods.stream()
                .map(pod -> "pod " + pod.pod().name() + " is left out of the endpoints: " + pod.detail())
                .sorted()
                .collect(Collectors.joining("; "));
        if (!replace(service.name(), "lost", message).equals(message) && !message.isEmpty()) {
            events.warning(Told.about(service), FAILED, message);
        }
    }

    /** Whether there are hints by topology mode: for each family that asks for them why not, or an empty text. */
    void hints(Service service, Map<IpFamily, String> zoneHints) {
        if (zoneHints.isEmpty() && !told.containsKey(service.name())) {
            return;
        }
        for (IpFamily family : IpFamily.values()) {
            String why = zoneHints.get(family);
            String now = why == null ? "" : why.isEmpty() ? HINTS_ON : why;
            String before = replace(service.name(), family.text(), now);
            if (now.equals(before)) {
                continue;
            }
            if (now.equals(HINTS_ON)) {
                events.normal(
                        Told.about(service), HINTS_ON, "the endpoints carry hints for zones (" + family.text() + ")");
            } else if (!now.isEmpty() || before.equals(HINTS_ON)) {
                String reason = now.isEmpty() ? "the Service does not ask for them any more" : now;
                events.warning(
                        Told.about(service),
                        HINTS_OFF,
                        "the endpoints carry no hints for zones: " + reason + " (" + family.text() + ")");
            }
        }
    }

    /** Remembers what is so now; gives what was. */
    private String replace(ObjectName service, String topic, String now) {
        Map<String, String> topics = told.get(service);
        String before = topics == null ? "" : topics.getOrDefault(topic, "");
        if (!before.equals(now)) {
            Map<String, String> changed = topics == null ? new HashMap<>() : new HashMap<>(topics);
            changed.put(topic, now);
            changed.values().removeIf(String::isEmpty);
            if (changed.isEmpty()) {
                told.remove(service);
            } else {
                told.put(service, changed);
            }
        }
        return before;
    }
}
