// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.definition.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pod templates: telling whether two are the same, and giving each a short name. */
public final class Template {
    /** The label by which the pods of one template are told from those of the next. */
    public static final String HASH = "pod-template-hash";
    /** No vowels and nothing easily mistaken, as in Kubernetes' generated names. */
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private Template() {}

    /** Whether two templates make the same pods; the hash label does not count. */
    public static boolean same(Map<String, Object> one, Map<String, Object> other) {
        return without(one).equals(without(other));
    }

    /** The template with the hash label set. */
    public static Map<String, Object> with(Map<String, Object> template, String hash) {
        Map<String, Object> copy = new LinkedHashMap<>(template);
        Tree metadata = Tree.of(template.get("metadata"));
        Map<String, Object> changed = new LinkedHashMap<>(metadata.fields());
        Map<String, Object> labels = new LinkedHashMap<>(metadata.tree("labels").fields());
        labels.put(HASH, hash);
        changed.put("labels", labels);
        copy.put("metadata", changed);
        return copy;
    }

    private static Map<String, Object> without(Map<String, Object> template) {
        Tree metadata = Tree.of(template.get("metadata"));
        Map<String, Object> copy = new LinkedHashMap<>(template);
        Map<String, Object> changed = new LinkedHashMap<>(metadata.fields());
        Map<String, Object> labels = new LinkedHashMap<>(metadata.tree("labels").fields());
        labels.remove(HASH);
        changed.put("labels", labels);
        changed.remove("creationTimestamp");
        copy.put("metadata", changed);
        return copy;
    }

    /** A short name for the template, the same whatever the order of its fields; another one after each collision. */
    public static String hash(Map<String, Object> template, @Nullable Integer collisions) {
        long hash = mix(0xcbf29ce484222325L, without(template));
        if (collisions != null) {
            hash = mix(hash, String.valueOf(collisions));
        }
        hash ^= hash >>> 32;
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            name.append(LETTERS.charAt((int) Long.remainderUnsigned(hash, LETTERS.length())));
            hash = Long.divideUnsigned(hash, LETTERS.length());
        }
        return name.toString();
    }

    /** FNV-1a over a value tree, fields sorted by name. */
    private static long mix(long hash, Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                long mixed = hash;
                for (Map.Entry<Object, Object> field : new TreeMap<Object, Object>(map).entrySet()) {
                    mixed = mix(mix(mixed, String.valueOf(field.getKey())), field.getValue());
                }
                yield mix(mixed, "}");
            }
            case List<?> list -> {
                long mixed = hash;
                for (Object item : list) {
                    mixed = mix(mixed, item);
                }
                yield mix(mixed, "]");
            }
            default -> {
                long mixed = hash;
                String text = value.getClass().getSimpleName() + value;
                for (int i = 0; i < text.length(); i++) {
                    mixed = (mixed ^ text.charAt(i)) * 0x100000001b3L;
                }
                yield mixed;
            }
        };
    }
}
