// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * 64 bits of a value tree (FNV-1a over its text with the fields in order), so that a large object need not be kept to see
 * whether it changed. What is absent, null and empty count as the same, and a reference's resourceVersion not at all.
 */
final class Fingerprint {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long hash = BASIS;

    private Fingerprint() {}

    static long of(@Nullable Object value) {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.add(value);
        return fingerprint.hash;
    }

    private void add(@Nullable Object value) {
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> {
                if (!map.isEmpty()) {
                    mark('{');
                    new TreeMap<Object, Object>(map).forEach(this::field);
                    mark('}');
                }
            }
            case List<?> list -> {
                if (!list.isEmpty()) {
                    mark('[');
                    list.forEach(this::add);
                    mark(']');
                }
            }
            default -> text(value.toString());
        }
    }

    private void field(Object name, Object value) {
        if (!name.equals("resourceVersion")) {
            text(name.toString());
            add(value);
        }
    }

    private void text(String text) {
        mark('"');
        for (int i = 0; i < text.length(); i++) {
            mark(text.charAt(i));
        }
        mark('"');
    }

    private void mark(char character) {
        hash = (hash ^ character) * PRIME;
    }
}
