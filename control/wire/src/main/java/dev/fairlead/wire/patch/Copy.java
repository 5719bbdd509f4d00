// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.Null;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies of value trees that may be changed. */
final class Copy {
    private Copy() {}

    /** A deep copy. */
    static Object of(Object value) {
        return copy(value, false);
    }

    /** A deep copy without nulls. */
    static Object withoutNulls(Object value) {
        return copy(value, true);
    }

    private static Object copy(Object value, boolean dropNulls) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> copy = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((name, item) -> {
                    if (!dropNulls || item != Null.NULL) {
                        copy.put((String) name, copy(item, dropNulls));
                    }
                });
                yield copy;
            }
            case List<?> list -> {
                List<Object> copy = new ArrayList<>(list.size());
                list.forEach(item -> {
                    if (!dropNulls || item != Null.NULL) {
                        copy.add(copy(item, dropNulls));
                    }
                });
                yield copy;
            }
            default -> value;
        };
    }
}
