// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Small questions about value trees. */
final class Fields {
    private Fields() {}

    /** The object without the named fields; a shallow copy. */
    static Map<String, Object> without(Map<String, Object> object, Set<String> names) {
        Map<String, Object> rest = new LinkedHashMap<>(object);
        rest.keySet().removeAll(names);
        return rest;
    }
}
