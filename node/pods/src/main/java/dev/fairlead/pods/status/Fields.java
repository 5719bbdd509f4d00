// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.status;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the objects of a value tree, leaving out what is absent. */
public final class Fields {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Fields() {}

    /** An object without fields. */
    public static Fields none() {
        return new Fields();
    }

    /** An object of one field. */
    public static Fields of(String name, @Nullable Object value) {
        return new Fields().with(name, value);
    }

    /** Adds a field; null adds nothing. */
    public Fields with(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
        return this;
    }

    /** Adds a text, unless it is empty. */
    public Fields withText(String name, String value) {
        return value.isEmpty() ? this : with(name, value);
    }

    /** The object made so far. */
    public Map<String, Object> tree() {
        return fields;
    }
}
