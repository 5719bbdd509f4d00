// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.output;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Objects as text, the way {@code kubectl get -o} prints them. */
public final class Objects {
    private Objects() {}

    /** {@code service}, {@code deployment.apps}: a kind in front of a name. */
    public static String prefix(Resource resource) {
        String kind = resource.kind().toLowerCase(Locale.ROOT);
        return resource.group().isEmpty() ? kind : kind + "." + resource.group();
    }

    /** {@code service/web}. */
    public static String name(Resource resource, String name) {
        return prefix(resource) + "/" + name;
    }

    /** The object with its kind, and without the book-keeping of fields that nobody reads. */
    public static Map<String, Object> shown(Resource resource, Tree object) {
        Map<String, Object> shown = new LinkedHashMap<>(object.fields());
        shown.putIfAbsent("apiVersion", resource.apiVersion());
        shown.putIfAbsent("kind", resource.kind());
        if (shown.get("metadata") instanceof Map<?, ?> metadata && metadata.containsKey("managedFields")) {
            Map<Object, Object> less = new LinkedHashMap<>(metadata);
            less.remove("managedFields");
            shown.put("metadata", less);
        }
        return shown;
    }

    /** A list of objects of any kinds. */
    public static Map<String, Object> list(List<Map<String, Object>> objects) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("items", objects);
        list.put("kind", "List");
        list.put("metadata", Map.of("resourceVersion", ""));
        return list;
    }

    /** {@code value} as {@code yaml} or {@code json}. */
    public static String text(String format, Map<String, Object> value) {
        return format.equals("json") ? Json.pretty(sorted(value)) : Yaml.write(value);
    }

    /** A copy with all names sorted, as Go writes maps. */
    public static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((name, item) -> sorted.put((String) name, sorted(item)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(sorted(item)));
            return items;
        }
        return value;
    }
}
