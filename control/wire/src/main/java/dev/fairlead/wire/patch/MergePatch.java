// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.Null;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * RFC 7386: fields of the patch replace the object's, objects are merged, lists are replaced, null removes.
 *
 * @param patch the patch; nulls as {@link Null#NULL}
 */
public record MergePatch(Map<String, Object> patch) implements Patch {
    @Override
    public Map<String, Object> apply(Map<String, Object> object) {
        return merged(object, patch);
    }

    /** The patch that makes {@code wanted} of {@code old}. */
    public static MergePatch between(Map<String, Object> old, Map<String, Object> wanted) {
        return new MergePatch(difference(old, wanted));
    }

    private static Map<String, Object> merged(@Nullable Object target, Map<?, ?> patch) {
        Map<String, Object> result = new LinkedHashMap<>();
        if (target instanceof Map<?, ?> map) {
            map.forEach((name, value) -> result.put((String) name, value));
        }
        patch.forEach((key, value) -> {
            String name = (String) key;
            if (value == Null.NULL) {
                result.remove(name);
            } else {
                result.put(name, value instanceof Map<?, ?> inner ? merged(result.get(name), inner) : value);
            }
        });
        return result;
    }

    private static Map<String, Object> difference(Map<?, ?> old, Map<?, ?> wanted) {
        Map<String, Object> patch = new LinkedHashMap<>();
        wanted.forEach((name, value) -> {
            Object before = old.get(name);
            if (!(before instanceof Map<?, ?> from) || !(value instanceof Map<?, ?> to)) {
                if (!value.equals(before)) {
                    patch.put((String) name, value);
                }
            } else if (!from.equals(to)) {
                patch.put((String) name, difference(from, to));
            }
        });
        old.forEach((name, _) -> {
            if (!wanted.containsKey(name)) {
                patch.put((String) name, Null.NULL);
            }
        });
        return patch;
    }
}
