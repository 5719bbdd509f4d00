// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.core.definition.EventNames;
import dev.fairlead.wire.Resource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The two versions of events: {@code v1} and {@code events.k8s.io/v1} are one set of objects with other names for the same
 * fields. They rest as {@code v1}.
 */
final class EventForms {
    private static final Map<String, String> OLD_NAMES = inverse();

    private EventForms() {}

    private static Map<String, String> inverse() {
        Map<String, String> inverse = new LinkedHashMap<>();
        EventNames.NEW.forEach((old, fresh) -> inverse.put(fresh, old));
        return Map.copyOf(inverse);
    }

    /** Whether objects of this kind rest under other names than they are shown. */
    static boolean renames(Resource resource) {
        return resource.group().equals("events.k8s.io");
    }

    /** An event at rest as {@code events.k8s.io/v1}. */
    static Map<String, Object> shown(Map<String, Object> event) {
        return renamed(event, EventNames.NEW, "events.k8s.io/v1");
    }

    /** An event of {@code events.k8s.io/v1} as it rests. */
    static Map<String, Object> atRest(Map<String, Object> event) {
        return renamed(event, OLD_NAMES, "v1");
    }

    private static Map<String, Object> renamed(
            Map<String, Object> event, Map<String, String> names, String apiVersion) {
        Map<String, Object> renamed = LinkedHashMap.newLinkedHashMap(event.size());
        event.forEach((name, value) -> renamed.put(names.getOrDefault(name, name), value));
        renamed.put("apiVersion", apiVersion);
        return renamed;
    }
}
