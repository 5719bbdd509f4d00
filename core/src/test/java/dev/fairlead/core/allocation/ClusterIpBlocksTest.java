// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterIpBlocksTest {
    private final Random random = new Random(7);
    private final Set<IpAddress> taken = new HashSet<>();

    @Test
    void the_next_block_gives_when_one_is_full() {
        ClusterIpBlocks blocks = blocks(false, "10.0.0.0/30", "fd00::/120", "10.9.0.0/30");
        for (int i = 0; i < 4; i++) {
            assertThat(taken.add(next(blocks, IpFamily.IPV4).orElseThrow())).isTrue();
        }
        assertThat(taken)
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "10.9.0.1", "10.9.0.2");
        assertThat(next(blocks, IpFamily.IPV4)).isEmpty();
        assertThat(next(blocks, IpFamily.IPV6)).isPresent();
    }

    @Test
    void a_rehearsal_shows_the_network_and_looks_at_nobody_elses_addresses() {
        ClusterIpBlocks blocks = blocks(true, "10.0.0.0/24");
        taken.add(IpAddress.of("10.0.0.7"));
        assertThat(next(blocks, IpFamily.IPV4)).contains(IpAddress.of("10.0.0.0"));
        assertThat(blocks.refusal(IpAddress.of("10.0.0.7"), taken::contains)).isEmpty();
        assertThat(blocks.refusal(IpAddress.of("10.0.1.7"), taken::contains)).isPresent();
    }

    @Test
    void blocks_of_more_than_64_bits_give_nothing() {
        assertThat(next(blocks(false, "fd00::/63"), IpFamily.IPV6)).isEmpty();
        assertThat(next(blocks(false, "fd00::/64"), IpFamily.IPV6)).isPresent();
        assertThat(blocks(false, "fd00::/63").refusal(IpAddress.of("fd00::1"), taken::contains))
                .contains("the provided network does not match the current range; no ServiceCIDR with IPv6 addresses"
                        + " is ready");
    }

    @Test
    void what_ends_one_block_may_be_inside_another() {
        ClusterIpBlocks blocks = blocks(false, "10.0.0.0/25", "10.0.0.0/24");
        assertThat(blocks.refusal(IpAddress.of("10.0.0.127"), taken::contains)).isEmpty();
        assertThat(blocks.refusal(IpAddress.of("10.0.0.0"), taken::contains)).isPresent();
    }

    private Optional<IpAddress> next(ClusterIpBlocks blocks, IpFamily family) {
        return blocks.next(family, taken::contains, random);
    }

    private static ClusterIpBlocks blocks(boolean rehearsal, String... cidrs) {
        return new ClusterIpBlocks(List.of(cidrs).stream().map(Cidr::of).toList(), rehearsal);
    }
}
