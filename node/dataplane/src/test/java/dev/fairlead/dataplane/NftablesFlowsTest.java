// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.PodLinks;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.netlink.Prefix;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The flows, carried by the kernel. */
class NftablesFlowsTest extends FlowsContract {
    @Override
    PlaneLab.Carrier carrier() {
        return node ->
                new PlaneLab.Carrying(NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL), () -> {});
    }

    /** By the links' names alone: no block of addresses is known. */
    @Test
    void podsAreToldByTheLinksTheyComeInBy() throws Exception {
        Settings settings = Settings.DEFAULT.withPodLinks(PodLinks.of("to-", true));
        everythingAgrees(
                table(settings, ", externalTrafficPolicy: Local", "", UP),
                List.of("10.96.0.1", "203.0.113.1", "fd00:10:96::1", "2001:db8:1::1"));
    }

    @Test
    void oneLinkIsNotAnother() throws Exception {
        Packet.From client = lab().sources().get("pod").getFirst();
        Packet.From other = lab().sources().get("itself").getFirst();
        Host host = lab().host(client.ip());
        String link = lab().linkTo(host);
        lab().plane().apply(table(Settings.DEFAULT.withPodLinks(PodLinks.of(link, false)), "", "", UP));
        assertThat(seenOf(client)).as("a pod").isEqualTo(host.v4());
        assertThat(seenOf(other))
                .as("no pod, as its link is another")
                .isEqualTo(lab().node().v4());
        lab().plane()
                .apply(table(
                        Settings.DEFAULT.withPodLinks(PodLinks.of(link.substring(0, link.length() - 1), false)),
                        "",
                        "",
                        UP));
        assertThat(seenOf(client))
                .as("a name that only begins so")
                .isEqualTo(lab().node().v4());
    }

    private InetAddress seenOf(Packet.From client) throws Exception {
        return lab().host(client.ip())
                .ask(Inet.address(IpAddress.of("10.96.0.1")), 80, "hello")
                .client()
                .getAddress();
    }

    @Test
    void aNodeThatHasTheAddressOfALoadBalancerComesInByItWhereItMay() throws Exception {
        lab().node().network().addAddress("lo", Prefix.of("203.0.113.1/32"));
        lab().node().network().addAddress("lo", Prefix.of("2001:db8:1::1/128"));
        try {
            for (String ranges : List.of("[10.200.0.0/24, 'fd00:200::/64']", "[8.8.8.0/24, '2a00::/16']")) {
                RouteTable table = table(PlaneLab.SETTINGS, ", loadBalancerSourceRanges: " + ranges, UP, "");
                lab().plane().apply(table);
                for (String vip : List.of("203.0.113.1", "2001:db8:1::1")) {
                    IpAddress address = IpAddress.of(vip);
                    for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                        lab().agrees(table, new Packet(new Packet.From.Node(address), protocol, address, 80));
                    }
                }
            }
        } finally {
            lab().node().network().removeAddress("lo", Prefix.of("203.0.113.1/32"));
            lab().node().network().removeAddress("lo", Prefix.of("2001:db8:1::1/128"));
        }
    }

    @Test
    void everyPortOfAClusterIpButItsOwnIsRefused() throws Exception {
        RouteTable table = table(PlaneLab.SETTINGS, "", UP, UP);
        lab().plane().apply(table);
        for (Packet packet : packets(List.of("10.96.0.1", "fd00:10:96::1"))) {
            lab().agrees(table, new Packet(packet.from(), packet.protocol(), packet.destination(), 81));
        }
        Packet.From client = lab().sources().get("pod").getFirst();
        assertThat(lab().server(new Packet(client, Protocol.TCP, IpAddress.of("10.96.0.1"), 81)))
                .isEqualTo("refused");
    }
}
