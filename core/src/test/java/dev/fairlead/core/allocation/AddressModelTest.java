// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static dev.fairlead.core.allocation.Pools.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.allocation.Pools.Described;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.ObjectName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random Services come, change and go, pools change, the process dies and starts again from the statuses, which may lag
 * behind: at every moment no address is two Services' who do not share it, none is anybody's who is gone, and nobody loses
 * an address without having changed.
 */
class AddressModelTest {
    private static final int RUNS = 25;
    private static final int STEPS = 250;

    private final Random random = new Random();
    private final Map<ObjectName, Described> services = new TreeMap<>();
    private final Map<ObjectName, List<IpAddress>> status = new HashMap<>();
    private List<LoadBalancerPool> pools = List.of();
    private AddressLedger ledger = AddressLedger.of(List.of());

    @Test
    void invariants_hold() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        for (int run = 0; run < RUNS; run++) {
            random.setSeed(seed + run);
            services.clear();
            status.clear();
            pools = somePools();
            ledger = AddressLedger.of(pools);
            for (int step = 0; step < STEPS; step++) {
                step();
                check("seed " + (seed + run) + " step " + step);
            }
        }
    }

    private void step() {
        int dice = random.nextInt(20);
        if (dice < 12) {
            ObjectName name = new ObjectName(random.nextBoolean() ? "a" : "b", "s" + random.nextInt(12));
            Described service = someService(name);
            services.put(name, service);
            decide(name);
        } else if (dice < 15 && !services.isEmpty()) {
            ObjectName name = List.copyOf(services.keySet()).get(random.nextInt(services.size()));
            services.remove(name);
            status.remove(name);
            ledger = ledger.release(name);
        } else if (dice < 17) {
            pools = somePools();
            ledger = ledger.withPools(pools);
            unchanged("pools changed");
        } else if (dice < 18) {
            restart();
        } else {
            unchanged("asked again");
        }
    }

    private AddressClaim claim(ObjectName name) {
        return services.get(name).has(status.getOrDefault(name, List.of())).claim();
    }

    private void decide(ObjectName name) {
        AddressClaim claim = claim(name);
        AddressDecision decision = ledger.decide(claim, Map.of("name", name.namespace()));
        ledger = ledger.settle(claim, decision);
        status.put(name, decision.addresses());
        assertThat(ledger.decide(claim(name), Map.of("name", name.namespace())))
                .as("deciding again changes nothing")
                .isEqualTo(decision);
    }

    /** Everybody is decided anew and keeps at least what it has. */
    private void unchanged(String why) {
        for (ObjectName name : services.keySet()) {
            AddressDecision decision = ledger.decide(claim(name), Map.of("name", name.namespace()));
            List<IpAddress> had = status.getOrDefault(name, List.of());
            boolean changes =
                    !claim(name).wished().isEmpty() || !claim(name).pool().isEmpty();
            if (!changes) {
                assertThat(decision.addresses()).as(why).containsAll(had);
            } else {
                assertThat(decision.addresses()).as(why).hasSizeGreaterThanOrEqualTo(had.size());
            }
            ledger = ledger.settle(claim(name), decision);
            status.put(name, decision.addresses());
        }
    }

    private void restart() {
        Map<ObjectName, List<IpAddress>> before = ledger.all();
        List<AddressClaim> claims = new ArrayList<>();
        services.keySet().forEach(name -> claims.add(claim(name)));
        ledger = AddressLedger.restored(pools, claims);
        assertThat(ledger.all()).as("a restart finds everything again").isEqualTo(before);
    }

    private void check(String where) {
        Map<IpAddress, List<ObjectName>> naive = new HashMap<>();
        ledger.all().forEach((name, addresses) -> {
            assertThat(services).as(where).containsKey(name);
            addresses.forEach(address ->
                    naive.computeIfAbsent(address, any -> new ArrayList<>()).add(name));
            assertThat(addresses.stream().map(IpAddress::family).distinct().count())
                    .as(where)
                    .isEqualTo(addresses.size());
        });
        assertThat(ledger.used()).as(where).containsExactlyInAnyOrderElementsOf(naive.keySet());
        naive.forEach((address, holders) -> {
            assertThat(ledger.holders(address)).as(where).containsExactlyInAnyOrderElementsOf(holders);
            Set<AddressClaim.Port> ports = new HashSet<>();
            Set<String> keys = new HashSet<>();
            int count = 0;
            for (ObjectName holder : holders) {
                AddressClaim claim = claim(holder);
                ports.addAll(claim.ports());
                count += claim.ports().size();
                keys.add(claim.sharingKey());
            }
            if (holders.size() > 1) {
                assertThat(keys).as(where + " " + address).hasSize(1).doesNotContain("");
                assertThat(ports).as(where + " " + address).hasSize(count);
            }
        });
        services.keySet()
                .forEach(name -> assertThat(status.getOrDefault(name, List.of()))
                        .as(where)
                        .isEqualTo(ledger.addresses(name)));
    }

    private List<LoadBalancerPool> somePools() {
        List<LoadBalancerPool> some = new ArrayList<>();
        List<String> sharing = List.of("Never", "SameNamespace", "AllNamespaces");
        if (random.nextInt(6) > 0) {
            some.add(pool("v4", Map.of("sharing", sharing.get(random.nextInt(3))), "10.97.0.0/29"));
        }
        if (random.nextInt(3) > 0) {
            some.add(pool("more", Map.of("autoAssign", random.nextBoolean()), "10.97.0.8-10.97.0.9", "fd00::1:0/126"));
        }
        if (random.nextInt(3) == 0) {
            some.add(pool(
                    "a-only", Map.of("namespaceSelector", Map.of("matchLabels", Map.of("name", "a"))), "10.98.0.1"));
        }
        return some;
    }

    private Described someService(ObjectName name) {
        Described service = new Described(name.namespace(), name.name());
        int families = random.nextInt(4);
        if (families == 0) {
            service.families("IPv6");
        } else if (families == 1) {
            service.families("IPv4", "IPv6")
                    .with("ipFamilyPolicy", random.nextBoolean() ? "PreferDualStack" : "RequireDualStack");
        }
        service.ports(random.nextBoolean() ? "TCP/80" : "TCP/" + random.nextInt(100));
        if (random.nextInt(3) == 0) {
            service.shares("k" + random.nextInt(2));
        }
        if (random.nextInt(5) == 0) {
            service.asks("10.97.0." + random.nextInt(12));
        }
        if (random.nextInt(8) == 0) {
            service.annotation("fairlead.dev/load-balancer-pool", "more");
        }
        if (random.nextInt(6) == 0) {
            service.with("externalTrafficPolicy", "Local").with("selector", Map.of("app", "x"));
        }
        return service;
    }
}
