// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.servicecidrs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoverTest {
    @Test
    void what_others_cover_wholly_can_go() {
        Cover small = cover("10.0.0.0/28", "fd00::/120");
        assertThat(small.isInside(List.of(cover("10.0.0.0/24"), cover("fd00::/112"))))
                .isTrue();
        assertThat(small.isInside(List.of(cover("10.0.0.0/28", "fd00::/120")))).isTrue();
        assertThat(small.isInside(List.of(cover("10.0.0.0/24"))))
                .as("one family")
                .isFalse();
        assertThat(small.isInside(List.of(cover("10.0.0.0/29"), cover("10.0.0.8/29"), cover("fd00::/112"))))
                .as("halves are not looked at together")
                .isFalse();
        assertThat(small.isInside(List.of())).isFalse();
    }

    @Test
    void addresses_in_no_other_block_are_needed() {
        List<IpAddress> used = List.of(
                IpAddress.of("10.0.0.5"), IpAddress.of("10.0.0.12"), IpAddress.of("10.1.0.5"), IpAddress.of("fd00::5"));
        assertThat(cover("10.0.0.0/24").needed(used, List.of(cover("10.0.0.0/29"))))
                .containsExactly(IpAddress.of("10.0.0.12"));
        assertThat(cover("10.0.0.0/24").needed(used, List.of())).hasSize(2);
        assertThat(cover("10.9.0.0/24").needed(used, List.of())).isEmpty();
    }

    private static Cover cover(String... cidrs) {
        return Cover.from(new Tree(Map.of("spec", Map.of("cidrs", List.of(cidrs)))));
    }
}
