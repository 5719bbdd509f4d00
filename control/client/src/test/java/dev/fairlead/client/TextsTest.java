// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextsTest {
    private final Texts texts = new Texts();

    @Test
    void equalTextsAreOne() {
        String first = texts.apply("node-" + 7);
        assertThat(texts.apply("node-" + 7)).isSameAs(first);
        String longText = "x".repeat(65);
        assertThat(texts.apply(longText)).isSameAs(longText);
    }

    @Test
    void theyAreEqualHoweverManyThereAre() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(texts.apply("t" + i % 20_000)).isEqualTo("t" + i % 20_000);
        }
    }
}
