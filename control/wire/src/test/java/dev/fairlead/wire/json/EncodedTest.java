// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.Trees;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EncodedTest {
    private static String spliced(String object) {
        return new String(
                Encoded.withResourceVersion(object.getBytes(StandardCharsets.UTF_8), 7), StandardCharsets.UTF_8);
    }

    @Test
    void resourceVersionGoesIntoMetadata() {
        assertThat(spliced("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":{}}"))
                .isEqualTo("{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"7\",\"name\":\"a\"},\"spec\":{}}");
        assertThat(spliced("{\"metadata\":{}}")).isEqualTo("{\"metadata\":{\"resourceVersion\":\"7\"}}");
        assertThat(spliced("{\"metadata\":{\"resourceVersion\":\"3\"}}"))
                .isEqualTo("{\"metadata\":{\"resourceVersion\":\"7\"}}");
        assertThat(spliced("{\"a\":\"}\\\"{\",\"metadata\":{\"a\":\"\\\\\",\"resourceVersion\":\"3\",\"b\":[1,{}]}}"))
                .isEqualTo("{\"a\":\"}\\\"{\",\"metadata\":{\"resourceVersion\":\"7\",\"a\":\"\\\\\",\"b\":[1,{}]}}");
    }

    @Test
    void anObjectWithoutMetadataIsRefused() {
        assertThatThrownBy(() -> spliced("{\"a\":{\"metadata\":{}}}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spliced("{\"a\":")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void splicingEqualsEditingTheTree() {
        for (long seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            Map<String, Object> tree = new LinkedHashMap<>(new Trees(random).object(4));
            Map<String, Object> metadata = new LinkedHashMap<>(new Trees(random).object(3));
            if (random.nextBoolean()) {
                tree.put("apiVersion", "v1");
                tree.put("kind", "Thing");
            }
            tree.put("metadata", metadata);
            if (random.nextBoolean()) {
                tree.put("status", new Trees(random).object(2));
            }
            byte[] object =
                    random.nextBoolean() ? Json.write(tree) : Json.pretty(tree).getBytes(StandardCharsets.UTF_8);
            metadata.put("resourceVersion", "41");
            assertThat(Json.object(Encoded.withResourceVersion(object, 41)))
                    .as("seed %d", seed)
                    .isEqualTo(tree);
            assertThat(Json.object(Encoded.event("ADDED", object, 41)))
                    .as("seed %d", seed)
                    .isEqualTo(Map.of("type", "ADDED", "object", tree));
            Map<String, Object> untyped = new LinkedHashMap<>(tree);
            untyped.remove("apiVersion");
            untyped.remove("kind");
            byte[] list = Encoded.list(
                    "v1",
                    "ThingList",
                    Map.of("resourceVersion", "50"),
                    List.of(new Encoded.Item(object, 41), new Encoded.Item(object, 41)));
            assertThat(Json.object(list))
                    .as("seed %d", seed)
                    .isEqualTo(Map.of(
                            "kind",
                            "ThingList",
                            "apiVersion",
                            "v1",
                            "metadata",
                            Map.of("resourceVersion", "50"),
                            "items",
                            List.of(untyped, untyped)));
        }
    }
}
