// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static dev.fairlead.core.allocation.Pools.pool;
import static dev.fairlead.core.allocation.Pools.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.allocation.Pools.Described;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.ObjectName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressLedgerTest {
    private AddressLedger ledger = AddressLedger.of(List.of());
    private final Map<String, String> namespace = Map.of("team", "shop");

    private void pools(LoadBalancerPool... pools) {
        ledger = ledger.withPools(List.of(pools));
    }

    /** Decides, settles, and says it in a line: addresses, then the reason if anything is lacking. */
    private String give(Described described) {
        AddressClaim claim = described.claim();
        AddressDecision decision = ledger.decide(claim, namespace);
        ledger = ledger.settle(claim, decision);
        String addresses = String.join(
                " ", decision.addresses().stream().map(Object::toString).toList());
        return (addresses + (decision.complete() ? "" : " " + decision.reason())).strip();
    }

    @Test
    void addresses_go_from_the_bottom_up_and_come_again_late() {
        pools(pool("a", "10.97.0.0/29"));
        for (int i = 1; i <= 6; i++) {
            assertThat(give(service("s" + i))).isEqualTo("10.97.0." + i);
        }
        assertThat(give(service("s7"))).isEqualTo("PoolsFull");
        ledger = ledger.release(new ObjectName("shop", "s5"));
        ledger = ledger.release(new ObjectName("shop", "s2"));
        assertThat(give(service("s7"))).as("returned longest ago").isEqualTo("10.97.0.5");
        assertThat(give(service("s8"))).isEqualTo("10.97.0.2");
        assertThat(give(service("s9"))).isEqualTo("PoolsFull");
        assertThat(give(service("ends").asks("10.97.0.7")))
                .as("the last, for who asks")
                .isEqualTo("10.97.0.7");
        assertThat(give(service("s3"))).as("what it has").isEqualTo("10.97.0.3");
    }

    @Test
    void every_reason_to_wait() {
        Set<Class<?>> seen = new HashSet<>();
        record Row(List<LoadBalancerPool> pools, Described service, String reason, String words) {}
        LoadBalancerPool four = pool("four", "10.97.0.0/30");
        LoadBalancerPool asked = pool("asked", Map.of("autoAssign", false), "10.98.0.1-10.98.0.2");
        LoadBalancerPool front =
                pool("front", Map.of("serviceSelector", Map.of("matchLabels", Map.of("tier", "front"))), "10.99.0.1");
        LoadBalancerPool other =
                pool("other", Map.of("namespaceSelector", Map.of("matchLabels", Map.of("team", "bank"))), "10.99.1.1");
        List<Row> rows = List.of(
                new Row(List.of(), service("x"), "NoPool", "there is no LoadBalancerPool"),
                new Row(List.of(four), service("x").families("IPv6"), "NoPoolOfFamily", "IPv6"),
                new Row(
                        List.of(four),
                        service("x").annotation("metallb.io/address-pool", "five"),
                        "UnknownPool",
                        "\"five\""),
                new Row(
                        List.of(asked, front, other),
                        service("x"),
                        "NoPoolMatches",
                        "\"asked\": it has autoAssign false and has to be asked for; \"front\": its serviceSelector does"
                                + " not match the Service; \"other\": its namespaceSelector does not match"),
                new Row(List.of(four), service("x"), "PoolsFull", "every IPv4 address of \"four\" is given"),
                new Row(List.of(four), service("x").asks("10.1.1.1"), "AddressOutsidePools", "10.1.1.1"),
                new Row(List.of(front), service("x").asks("10.99.0.1"), "PoolRefuses", "serviceSelector"),
                new Row(
                        List.of(four),
                        service("x").with("loadBalancerIP", "10.97.0.1"),
                        "AddressTaken",
                        "10.97.0.1, which the Service shop/first has"),
                new Row(List.of(four), service("x").asks("fd00::1"), "AddressOfOtherFamily", "IPv6"),
                new Row(List.of(four), service("x").asks("10.97.0.300"), "AddressUnreadable", "10.97.0.300"),
                new Row(List.of(four), service("x").asks("10.97.0.1, 10.97.0.2"), "AddressUnreadable", "10.97.0.2"));
        for (Row row : rows) {
            ledger = AddressLedger.of(List.of(four));
            give(service("first"));
            give(service("second"));
            ledger = ledger.withPools(row.pools);
            AddressDecision decision = ledger.decide(row.service.claim(), namespace);
            assertThat(decision.grants()).as(row.reason).isEmpty();
            assertThat(decision.complete()).isFalse();
            assertThat(decision.reason()).isEqualTo(row.reason);
            assertThat(decision.message()).contains(row.words);
            decision.lacks().forEach(lack -> seen.add(lack.getClass()));
        }
        assertThat(seen).as("every reason has a row").containsExactlyInAnyOrder(Lack.class.getPermittedSubclasses());
    }

    @Test
    void wishes_by_annotation_and_field() {
        pools(pool("a", "10.97.0.0/24", "fd00:97::/112"), pool("b", Map.of("autoAssign", false), "10.98.0.5"));
        assertThat(give(service("field").with("loadBalancerIP", "10.97.0.9"))).isEqualTo("10.97.0.9");
        assertThat(give(service("both").with("loadBalancerIP", "10.97.0.8").asks("10.97.0.7")))
                .as("the annotation comes first")
                .isEqualTo("10.97.0.7");
        assertThat(give(service("metal").annotation("metallb.io/loadBalancerIPs", "10.97.0.6")))
                .isEqualTo("10.97.0.6");
        assertThat(give(service("dual")
                        .families("IPv6", "IPv4")
                        .with("ipFamilyPolicy", "RequireDualStack")
                        .asks("10.97.0.20,fd00:97::20")))
                .isEqualTo("fd00:97::20 10.97.0.20");
        assertThat(give(service("half").families("IPv4", "IPv6").asks("10.97.0.30")))
                .as("the other family by itself")
                .isEqualTo("10.97.0.30 fd00:97::21");
        assertThat(give(service("named").annotation("fairlead.dev/load-balancer-pool", "b")))
                .isEqualTo("10.98.0.5");
        // changed wishes
        assertThat(give(service("field").asks("10.97.0.10"))).isEqualTo("10.97.0.10");
        assertThat(ledger.holders(ip("10.97.0.9"))).isEmpty();
        assertThat(give(service("field").asks("10.97.0.7")))
                .as("keeps what it has")
                .isEqualTo("10.97.0.10 AddressTaken");
        assertThat(give(service("field").annotation("fairlead.dev/load-balancer-pool", "b")))
                .as("another pool that is full takes nothing away")
                .isEqualTo("10.97.0.10 PoolsFull");
    }

    private static dev.fairlead.core.definition.IpAddress ip(String text) {
        return dev.fairlead.core.definition.IpAddress.of(text);
    }

    @Test
    void two_families() {
        pools(pool("a", "10.97.0.0/24"));
        assertThat(give(service("p").families("IPv4", "IPv6").with("ipFamilyPolicy", "PreferDualStack")))
                .as("content with one")
                .isEqualTo("10.97.0.1");
        assertThat(give(service("r").families("IPv4", "IPv6").with("ipFamilyPolicy", "RequireDualStack")))
                .as("all or nothing")
                .isEqualTo("NoPoolOfFamily");
        pools(pool("a", "10.97.0.0/24"), pool("b", "fd00:97::/64"));
        assertThat(give(service("r").families("IPv4", "IPv6").with("ipFamilyPolicy", "RequireDualStack")))
                .isEqualTo("10.97.0.2 fd00:97::1");
        assertThat(give(service("p").families("IPv4", "IPv6").with("ipFamilyPolicy", "PreferDualStack")))
                .isEqualTo("10.97.0.1 fd00:97::2");
        assertThat(give(service("p").families("IPv4"))).as("a family dropped").isEqualTo("10.97.0.1");
        assertThat(ledger.holders(ip("fd00:97::2"))).isEmpty();
    }

    @Test
    void sharing() {
        pools(pool("a", "10.97.0.0/24"), pool("n", Map.of("sharing", "Never", "autoAssign", false), "10.98.0.0/24"));
        assertThat(give(service("web").shares("k"))).isEqualTo("10.97.0.1");
        assertThat(give(service("tls").shares("k").ports("TCP/443"))).isEqualTo("10.97.0.1");
        assertThat(give(service("quic").shares("k").ports("UDP/443"))).isEqualTo("10.97.0.1");
        assertThat(give(service("other").shares("j").ports("TCP/1"))).isEqualTo("10.97.0.2");
        assertThat(give(service("same").shares("k").ports("TCP/80")))
                .as("a port in use")
                .isEqualTo("10.97.0.3");
        assertThat(give(new Described("bank", "b").shares("k").ports("TCP/9")))
                .as("another namespace")
                .isEqualTo("10.97.0.4");
        assertThat(give(service("local").shares("k").ports("TCP/8").with("externalTrafficPolicy", "Local")))
                .isEqualTo("10.97.0.5");
        assertThat(give(service("w").shares("k").ports("TCP/443").asks("10.97.0.1")))
                .isEqualTo("AddressTaken");
        assertThat(give(service("n1").shares("m").asks("10.98.0.1"))).isEqualTo("10.98.0.1");
        assertThat(give(service("n2").shares("m").ports("TCP/2").asks("10.98.0.1")))
                .isEqualTo("AddressTaken");
        // who changes so that it cannot share any more goes, not the other
        assertThat(give(service("web").shares("k").ports("TCP/80", "TCP/443"))).isEqualTo("10.97.0.6");
        assertThat(give(service("tls").shares("k").ports("TCP/443"))).isEqualTo("10.97.0.1");
        ledger = ledger.release(new ObjectName("shop", "tls")).release(new ObjectName("shop", "quic"));
        assertThat(ledger.holders(ip("10.97.0.1"))).isEmpty();
        pools(pool("a", Map.of("sharing", "AllNamespaces"), "10.97.0.0/24"));
        assertThat(give(new Described("bank", "c").shares("j").ports("TCP/2"))).isEqualTo("10.97.0.2");
        pools(pool("a", Map.of("sharing", "Never"), "10.97.0.0/24"));
        assertThat(give(new Described("bank", "c").shares("j").ports("TCP/2")))
                .as("a pool's new rule takes nothing away")
                .isEqualTo("10.97.0.2");
    }

    @Test
    void pools_change_while_addresses_are_in_use() {
        pools(pool("a", "10.97.0.0/24"));
        give(service("x"));
        pools();
        AddressClaim claim = service("x").has(List.of("10.97.0.1")).claim();
        AddressDecision kept = ledger.decide(claim, namespace);
        assertThat(kept.complete()).isTrue();
        assertThat(kept.reason()).isEqualTo("KeptOutsidePools");
        assertThat(kept.message()).contains("in no LoadBalancerPool any more");
        AddressLedger restarted = AddressLedger.restored(List.of(), List.of(claim));
        assertThat(restarted.decide(claim, namespace)).isEqualTo(kept);
        pools(pool("b", "10.97.0.0/25"));
        assertThat(ledger.decide(claim, namespace).grants().getFirst().pool()).isEqualTo("b");
        assertThat(give(service("y"))).as("not given twice").isEqualTo("10.97.0.2");
        assertThat(ledger.assigned()).containsExactly(Map.entry("b", 2L));
    }

    @Test
    void overlaps_name_both() {
        Map<String, Object> pool = Map.of(
                "metadata",
                Map.of("name", "mine"),
                "spec",
                Map.of("addresses", List.of("10.97.0.0/24", "10.97.0.255-10.97.1.3", "10.96.7.1", "fd00::/64")));
        assertThat(PoolOverlaps.of(
                                pool,
                                List.of(pool("theirs", "10.97.1.0/30"), pool("mine", "10.97.0.0/16")),
                                List.of(new PoolOverlaps.Reserved(
                                        dev.fairlead.core.definition.Cidr.of("10.96.0.0/16"),
                                        "where ClusterIPs come from")))
                        .stream()
                        .map(Object::toString))
                .containsExactly(
                        "spec.addresses[1]: Invalid value: \"10.97.0.255-10.97.1.3\": overlaps with"
                                + " 10.97.1.0-10.97.1.3 of the LoadBalancerPool \"theirs\"",
                        "spec.addresses[1]: Invalid value: \"10.97.0.255-10.97.1.3\": overlaps with 10.97.0.0/24 of this"
                                + " pool, spec.addresses[0]",
                        "spec.addresses[2]: Invalid value: \"10.96.7.1\": overlaps with 10.96.0.0/16, where ClusterIPs"
                                + " come from");
    }
}
