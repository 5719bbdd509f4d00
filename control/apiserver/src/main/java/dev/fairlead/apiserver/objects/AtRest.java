// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.objects;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** Objects as the store keeps them. */
public final class AtRest {
    private AtRest() {}

    /** The bytes to store: identifying fields first, nothing that the store knows better. */
    public static byte[] bytes(Resource resource, Map<String, Object> given) {
        boolean renames = EventForms.renames(resource);
        Map<String, Object> object = renames ? EventForms.atRest(given) : given;
        Map<String, Object> ordered = LinkedHashMap.newLinkedHashMap(object.size() + 2);
        ordered.put("kind", resource.kind());
        CustomKind custom = resource.custom();
        String apiVersion = custom == null ? resource.apiVersion() : custom.restsAs();
        ordered.put("apiVersion", renames ? "v1" : apiVersion);
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        metadata.remove("resourceVersion");
        metadata.remove("selfLink");
        ordered.put("metadata", metadata);
        object.forEach(ordered::putIfAbsent);
        return Json.write(ordered);
    }

    /** The stored object with its resourceVersion, as a tree of the caller's own. */
    public static Map<String, Object> tree(Resource resource, Entry entry) {
        Map<String, Object> stored = Json.object(entry.value());
        CustomKind custom = resource.custom();
        Map<String, Object> object = custom != null
                ? CustomForm.shown(resource, custom, stored)
                : EventForms.renames(resource) ? EventForms.shown(stored) : stored;
        if (object.get("metadata") instanceof Map<?, ?>) {
            metadata(object).put("resourceVersion", Long.toString(entry.modRevision()));
        }
        return object;
    }

    /** The live {@code metadata} of an object; added when absent. */
    @SuppressWarnings("unchecked") // keys of a value tree are strings
    public static Map<String, Object> metadata(Map<String, Object> object) {
        Object metadata = object.get("metadata");
        if (!(metadata instanceof Map)) {
            metadata = new LinkedHashMap<String, Object>();
            object.put("metadata", metadata);
        }
        return (Map<String, Object>) metadata;
    }
}
