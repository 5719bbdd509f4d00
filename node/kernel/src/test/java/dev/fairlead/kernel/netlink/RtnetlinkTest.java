// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.NeedsNamespaces;
import dev.fairlead.kernel.namespace.Namespace;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NeedsNamespaces.class)
class RtnetlinkTest {
    private final Namespace left = Namespace.create("left");
    private final Namespace right = Namespace.create("right");
    private final Rtnetlink here = Rtnetlink.in(left);
    private final Rtnetlink there = Rtnetlink.in(right);

    @BeforeEach
    void cable() {
        here.createVeth("l0", right, "r0");
        here.setUp("lo");
        here.setUp("l0");
        there.setUp("r0");
    }

    @AfterEach
    void free() {
        here.close();
        there.close();
        left.close();
        right.close();
    }

    @Test
    void linksAreMadeChangedReadAndDeleted() {
        Link link = here.link("l0").orElseThrow();
        assertThat(link.up()).isTrue();
        assertThat(link.mtu()).isEqualTo(1500);
        assertThat(link.mac()).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
        assertThat(there.link("r0")).isPresent();
        here.setMtu("l0", 9000);
        here.setMac("l0", "02:00:00:00:00:07");
        here.setDown("l0");
        assertThat(here.link("l0")).contains(new Link(link.index(), "l0", "02:00:00:00:00:07", 9000, false, false));
        here.deleteLink("l0");
        assertThat(there.link("r0")).isEmpty();
        assertThatThrownBy(() -> here.deleteLink("l0"))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isNotFound()).isTrue())
                .hasMessageStartingWith("delete link l0: ");
        assertThatThrownBy(() -> here.index("l0")).hasMessage("find link l0: No such device (ENODEV)");
    }

    @Test
    void whatIsThereAlreadyIsToldWithTheKernelsWords() {
        assertThatThrownBy(() -> here.createVeth("l0", right, "r1"))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isExists()).isTrue());
        here.addAddress("l0", Prefix.of("10.1.0.1/24"));
        assertThatThrownBy(() -> here.addAddress("l0", Prefix.of("10.1.0.1/24")))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isExists()).isTrue());
        assertThatThrownBy(() -> here.addRoute(
                        Route.to(Prefix.of("10.9.0.0/16")).withGateway(InetAddress.ofLiteral("192.0.2.1"))))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("Nexthop has invalid gateway (ENETUNREACH)");
    }

    @Test
    void addressesOfBothFamilies() {
        here.addAddress("l0", Prefix.of("10.1.0.1/24"));
        here.addAddress("l0", Prefix.of("fd01::1/64"));
        int index = here.index("l0");
        assertThat(here.addresses())
                .contains(
                        new LinkAddress(index, Prefix.of("10.1.0.1/24")),
                        new LinkAddress(index, Prefix.of("fd01::1/64")));
        here.removeAddress("l0", Prefix.of("10.1.0.1/24"));
        here.removeAddress("l0", Prefix.of("fd01::1/64"));
        assertThat(here.addresses())
                .doesNotContain(
                        new LinkAddress(index, Prefix.of("10.1.0.1/24")),
                        new LinkAddress(index, Prefix.of("fd01::1/64")));
    }

    @Test
    void routesOfAllSortsAreReadBackAsWritten() {
        here.addAddress("l0", Prefix.of("10.1.0.1/24"));
        here.addAddress("l0", Prefix.of("fd01::1/64"));
        int link = here.index("l0");
        int lo = here.index("lo");
        Route[] routes = {
            Route.to(Prefix.of("10.244.0.7")).withLink(link),
            Route.to(Prefix.of("10.2.0.0/16")).withLink(link).withGateway(InetAddress.ofLiteral("10.1.0.2")),
            Route.to(Prefix.of("0.0.0.0/0"))
                    .withLink(link)
                    .withGateway(InetAddress.ofLiteral("169.254.1.1"))
                    .withOnLink(),
            Route.to(Prefix.of("10.3.0.0/16"))
                    .withLink(link)
                    .withSource(InetAddress.ofLiteral("10.1.0.1"))
                    .withTable(1000)
                    .withMetric(7),
            Route.local(Prefix.of("10.96.0.0/16"), lo),
            Route.blackhole(Prefix.of("10.4.0.0/16")),
            Route.to(Prefix.of("fd02::/64"))
                    .withLink(link)
                    .withGateway(InetAddress.ofLiteral("fd01::2"))
                    .withMetric(1024),
            Route.local(Prefix.of("fd00:10:96::/112"), lo).withMetric(1024),
        };
        for (Route route : routes) {
            here.addRoute(route);
        }
        assertThat(here.routes()).contains(routes);
        assertThat(there.routes()).doesNotContain(routes);
        for (Route route : routes) {
            here.removeRoute(route);
        }
        assertThat(here.routes()).doesNotContain(routes);
        assertThatThrownBy(() -> here.removeRoute(routes[0]))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isNotFound()).isTrue());
    }

    @Test
    void aRouteIsReplacedInPlace() {
        Route old = Route.to(Prefix.of("10.7.0.0/16")).withLink(here.index("l0"));
        Route changed = Route.to(Prefix.of("10.7.0.0/16")).withLink(here.index("lo"));
        here.replaceRoute(old);
        here.replaceRoute(changed);
        assertThat(here.routes()).contains(changed).doesNotContain(old);
        assertThatThrownBy(() -> here.addRoute(old))
                .isInstanceOf(KernelException.class)
                .hasMessage("add route 10.7.0.0/16 dev #" + old.link() + ": File exists (EEXIST)");
    }

    @Test
    void anIpv4RouteMayGoOverAnIpv6Neighbour() {
        here.addRoute(Route.to(Prefix.of("10.5.0.0/16"))
                .withLink(here.index("l0"))
                .withGateway(InetAddress.ofLiteral("fe80::1")));
        assertThat(here.routes()).anyMatch(route -> route.destination().equals(Prefix.of("10.5.0.0/16")));
    }

    @Test
    void rulesOfBothFamilies() {
        Rule v4 = new Rule(true, 100, 0x46, -1, 146);
        Rule v6 = new Rule(false, 100, 0x46, 0xff, 1460);
        assertThat(here.rules()).hasSizeGreaterThanOrEqualTo(5).doesNotContain(v4, v6);
        here.addRule(v4);
        here.addRule(v6);
        assertThat(here.rules()).contains(v4, v6);
        assertThatThrownBy(() -> here.addRule(v4))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.isExists()).isTrue());
        here.removeRule(v4);
        here.removeRule(v6);
        assertThat(here.rules()).doesNotContain(v4, v6);
    }

    @Test
    void neighboursAreSetOverwrittenAndRemoved() {
        int link = here.index("l0");
        InetAddress address = InetAddress.ofLiteral("10.1.0.9");
        here.setNeighbour(link, address, "02:00:00:00:00:09");
        here.setNeighbour(link, address, "02:00:00:00:00:0a");
        assertThat(here.neighbours()).contains(new Neighbour(link, address, "02:00:00:00:00:0a", true));
        here.removeNeighbour(link, address);
        assertThat(here.neighbours()).doesNotContain(new Neighbour(link, address, "02:00:00:00:00:0a", true));
    }

    @Test
    void thousandsOfRoutesAreReadBack() {
        int link = here.index("l0");
        for (int i = 0; i < 3000; i++) {
            here.addRoute(Route.to(Prefix.of("11.0." + i / 256 + "." + i % 256)).withLink(link));
        }
        assertThat(here.routes().stream()
                        .filter(route ->
                                route.destination().address().getHostAddress().startsWith("11.0."))
                        .distinct())
                .hasSize(3000);
    }

    @Test
    void transparentRepliesLeaveNothingBehind() {
        var before = here.rules();
        TransparentReplies first = TransparentReplies.install(left, "fairlead-test", 0x46, 146, 100);
        assertThat(here.rules()).contains(new Rule(true, 100, 0x46, -1, 146), new Rule(false, 100, 0x46, -1, 146));
        assertThat(here.routes().stream().filter(route -> route.table() == 146)).hasSize(2);
        TransparentReplies again = TransparentReplies.install(left, "fairlead-test", 0x46, 146, 100);
        again.close();
        assertThat(here.rules()).isEqualTo(before);
        assertThat(here.routes()).noneMatch(route -> route.table() == 146);
        first.close();
    }
}
