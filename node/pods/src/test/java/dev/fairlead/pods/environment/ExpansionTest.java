// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
    private static final Map<String, String> VARIABLES = Map.of("A", "1", "B", "two", "EMPTY", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    plain            | plain
                    $(A)             | 1
                    x$(A)y$(B)z      | x1ytwoz
                    $(EMPTY)x        | x
                    $(MISSING)       | $(MISSING)
                    $$(A)            | $(A)
                    $$$(A)           | $1
                    $$$$(A)          | $$(A)
                    $(A              | $(A
                    $A               | $A
                    5$               | 5$
                    $(A)$            | 1$
                    $()              | $()
                    $(A$(B))         | $(A$(B))
                    """)
    void expands(String text, String expected) {
        assertThat(Expansion.expand(text, VARIABLES)).isEqualTo(expected);
    }
}
