// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A place in an object, printed as Kubernetes does: {@code spec.ports[0].port}, {@code metadata.labels[app/name]}.
 *
 * @param parent the place around this one; null for the object itself
 * @param step a field's name (String) or an item's index (Integer); empty for the object itself
 */
public record FieldPath(@Nullable FieldPath parent, Object step) {
    /** The object itself; prints as the empty text. */
    public static final FieldPath ROOT = new FieldPath(null, "");

    /** The field {@code name} of this object. */
    public FieldPath field(String name) {
        return new FieldPath(this, name);
    }

    /** Item {@code index}, from 0, of this list. */
    public FieldPath item(int index) {
        return new FieldPath(this, index);
    }

    @Override
    public String toString() {
        Deque<Object> steps = new ArrayDeque<>();
        for (FieldPath at = this; at != null && at.parent != null; at = at.parent) {
            steps.push(at.step);
        }
        StringBuilder text = new StringBuilder();
        for (Object step : steps) {
            if (step instanceof String name && isPlain(name)) {
                text.append(text.isEmpty() ? "" : ".").append(name);
            } else {
                text.append('[').append(step).append(']');
            }
        }
        return text.toString();
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_$".indexOf(c) >= 0;
            if (!plain) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
