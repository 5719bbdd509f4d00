// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** It is a map like any other, but for its order and for changing. */
class TextMapTest {
    private final Map<String, String> map = TextMap.of(fields("zone", "a", "count", 3L, "app", "web"));

    @Test
    void equalsAnyMapOfTheSameTexts() {
        assertThat(map)
                .isEqualTo(Map.of("app", "web", "zone", "a"))
                .hasSameHashCodeAs(Map.of("app", "web", "zone", "a"));
        assertThat(map).isNotEqualTo(Map.of("app", "web", "zone", "b")).hasSize(2);
        assertThat(map).containsEntry("app", "web").doesNotContainKey("count").doesNotContainKey("a");
        assertThat(TextMap.of(fields("count", 3L))).isEmpty();
    }

    @Test
    void keepsItsOrderAndIsNeverChanged() {
        assertThat(map.keySet()).containsExactly("zone", "app");
        assertThat(map.values()).containsExactly("a", "web");
        assertThatThrownBy(() -> map.put("app", "db")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
        var entries = map.entrySet().iterator();
        entries.next();
        entries.next();
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
    }

    private static Map<String, Object> fields(Object... fields) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            map.put((String) fields[i], fields[i + 1]);
        }
        return map;
    }
}
