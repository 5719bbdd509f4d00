// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A few texts under names, in their order, never changed: labels, annotations, a selector. Keys and values lie side by side in one
 * array that is looked through from the beginning; a LinkedHashMap takes five times the memory for three labels, and there are
 * some for every object that is followed.
 */
final class TextMap extends AbstractMap<String, String> {
    private final String[] texts;

    private TextMap(String[] texts) {
        this.texts = texts;
    }

    /** The texts among the values of {@code map}. */
    static Map<String, String> of(Map<String, Object> map) {
        String[] texts = new String[2 * map.size()];
        int filled = 0;
        for (Map.Entry<String, Object> field : map.entrySet()) {
            if (field.getValue() instanceof String text) {
                texts[filled++] = field.getKey();
                texts[filled++] = text;
            }
        }
        return filled == 0 ? Map.of() : new TextMap(filled == texts.length ? texts : Arrays.copyOf(texts, filled));
    }

    @Override
    public int size() {
        return texts.length / 2;
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        for (int i = 0; i < texts.length; i += 2) {
            if (texts[i].equals(key)) {
                return texts[i + 1];
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return texts.length / 2;
            }

            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, String>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < texts.length;
        }

        @Override
        public Map.Entry<String, String> next() {
            if (next >= texts.length) {
                throw new NoSuchElementException();
            }
            next += 2;
            return Map.entry(texts[next - 2], texts[next - 1]);
        }
    }
}
