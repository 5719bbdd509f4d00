// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** How tables of rules are compared with what was found. */
final class Rows {
    private Rows() {}

    /** Each error is matched by one row that its path, kind and detail begin with, and the other way round. */
    static void check(List<Invalid> errors, List<String> expected) {
        List<String> rest = new ArrayList<>(errors.stream()
                .map(error -> error.path() + " " + error.kind() + " " + error.detail())
                .toList());
        for (String row : expected) {
            assertThat(rest).as("an error that begins %s", row).anyMatch(text -> text.startsWith(row));
            rest.remove(rest.stream()
                    .filter(text -> text.startsWith(row))
                    .findFirst()
                    .orElseThrow());
        }
        assertThat(rest).as("errors beyond the expected").isEmpty();
    }
}
