// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.PortRange;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterIpAllocationTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24,16",
        "10.0.0.0/20,256",
        "10.0.0.0/16,256",
        "10.0.0.0/22,64",
        "10.0.0.0/27,16",
        "10.0.0.0/28,0",
        "10.0.0.0/30,0",
        "fd00::/112,256",
        "fd00::/64,256",
        "fd00::/124,0"
    })
    void leavesALowerBandToPeople(String cidr, long addresses) {
        assertThat(new ClusterIpAllocation(Cidr.of(cidr)).lowerBand()).isEqualTo(addresses);
    }

    @ParameterizedTest
    @CsvSource({"29999,30000,0", "30000,32767,86", "30000,30015,0", "30000,30016,16", "1,65535,128"})
    void leavesLowNodePortsToPeople(int first, int last, int ports) {
        assertThat(new NodePortAllocation(new PortRange(first, last)).lowerBand())
                .isEqualTo(ports);
    }

    /** Until a block is full every address comes once, those of the upper band first; then none comes. */
    @RepeatedTest(20)
    void givesEachUsableAddressOnceAndTheUpperBandFirst() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> blocks = List.of("10.0.0.0/24", "10.0.0.0/28", "10.0.0.0/30", "10.0.0.0/26", "fd00::/120");
        Cidr cidr = Cidr.of(blocks.get(random.nextInt(blocks.size())));
        ClusterIpAllocation allocation = new ClusterIpAllocation(cidr);
        NavigableSet<IpAddress> free = usable(cidr);
        IpAddress boundary = allocation.first().plus(allocation.lowerBand());
        Set<IpAddress> taken = new HashSet<>();
        while (!free.isEmpty()) {
            if (random.nextInt(4) == 0) {
                IpAddress asked = cidr.first().plus(random.nextInt((int) cidr.size()));
                boolean possible = free.remove(asked);
                assertThat(allocation.refusal(asked, taken::contains).isEmpty())
                        .as("%s in %s, seed %d", asked, cidr, seed)
                        .isEqualTo(possible);
                taken.add(asked);
                continue;
            }
            IpAddress given = allocation.next(taken::contains, random).orElseThrow();
            boolean upperHasSome = free.last().compareTo(boundary) >= 0;
            assertThat(given.compareTo(boundary) >= 0)
                    .as("%s in %s, seed %d", given, cidr, seed)
                    .isEqualTo(upperHasSome);
            assertThat(free.remove(given))
                    .as("%s is free, seed %d", given, seed)
                    .isTrue();
            taken.add(given);
        }
        assertThat(allocation.next(taken::contains, random)).isEmpty();
    }

    private static NavigableSet<IpAddress> usable(Cidr cidr) {
        NavigableSet<IpAddress> usable = new TreeSet<>();
        long last = cidr.base().toString().contains(":") ? cidr.size() - 1 : cidr.size() - 2;
        for (long i = 1; i <= last; i++) {
            usable.add(cidr.first().plus(i));
        }
        return usable;
    }

    @Test
    void choosesInHugeBlocksWithoutWalkingThem() {
        for (String text : List.of("fd00::/64", "fd00::/48", "fd00:10:96::/112")) {
            ClusterIpAllocation allocation = new ClusterIpAllocation(Cidr.of(text));
            AtomicLong asked = new AtomicLong();
            IpAddress given = allocation
                    .next(
                            address -> {
                                asked.incrementAndGet();
                                return false;
                            },
                            new Random(1))
                    .orElseThrow();
            assertThat(Cidr.of(text).contains(given)).isTrue();
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void asksForFewAddressesAlsoAmongTenThousandServices() {
        Random random = new Random(42);
        ClusterIpAllocation allocation = new ClusterIpAllocation(Cidr.of("10.96.0.0/16"));
        Set<IpAddress> taken = new HashSet<>();
        AtomicLong asked = new AtomicLong();
        for (int i = 0; i < 10_000; i++) {
            taken.add(allocation
                    .next(
                            address -> {
                                asked.incrementAndGet();
                                return taken.contains(address);
                            },
                            random)
                    .orElseThrow());
        }
        assertThat(taken).hasSize(10_000);
        assertThat(asked.get()).isLessThan(12_000);
    }

    @Test
    void saysWhyAnAddressIsRefused() {
        ClusterIpAllocation allocation = new ClusterIpAllocation(Cidr.of("10.96.0.0/16"));
        assertThat(allocation.refusal(IpAddress.of("10.97.0.1"), address -> false))
                .contains("the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is"
                        + " 10.96.0.0/16");
        assertThat(allocation.refusal(IpAddress.of("10.96.0.0"), address -> false))
                .isPresent();
        assertThat(allocation.refusal(IpAddress.of("10.96.255.255"), address -> false))
                .isPresent();
        assertThat(allocation.refusal(IpAddress.of("10.96.0.1"), address -> false))
                .isEmpty();
        assertThat(allocation.refusal(IpAddress.of("10.96.0.1"), address -> true))
                .contains("provided IP is already allocated");
    }

    @RepeatedTest(10)
    void givesEachNodePortOnceAndTheUpperBandFirst() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PortRange range = new PortRange(30000, 30000 + random.nextInt(200));
        NodePortAllocation allocation = new NodePortAllocation(range);
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < range.size(); i++) {
            int given = allocation.next(taken::contains, random).orElseThrow();
            boolean upper = given - range.first() >= allocation.lowerBand();
            assertThat(upper).as("seed %d", seed).isEqualTo(i < range.size() - allocation.lowerBand());
            assertThat(range.contains(given) && taken.add(given))
                    .as("seed %d", seed)
                    .isTrue();
        }
        assertThat(allocation.next(taken::contains, random)).isEmpty();
    }
}
