// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.PodLinks;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Settings;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.testing.Host;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links of the node get other names, and go, while it carries Services. */
class NftablesLinksTest {
    private PlaneLab lab;

    @BeforeEach
    void build() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        lab = new PlaneLab(node ->
                new PlaneLab.Carrying(NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL), () -> {}));
    }

    @AfterEach
    void leave() {
        if (lab != null) {
            lab.close();
        }
    }

    private static RouteTable table(Settings settings, String local) {
        return FlowsContract.table(settings, "", local, FlowsContract.UP);
    }

    private void everybodyIsServed(RouteTable table) throws Exception {
        for (String who : List.of("pod", "node", "outside")) {
            for (Packet.From from : lab.sources().get(who)) {
                String to = from.ip().toString().contains(":") ? "fd00:10:96::1" : "10.96.0.1";
                for (Protocol protocol : List.of(Protocol.TCP, Protocol.UDP)) {
                    lab.agrees(table, new Packet(from, protocol, IpAddress.of(to), 80));
                }
            }
        }
    }

    private void rename(String from, String to) {
        try {
            lab.node().network().rename(from, to);
        } catch (KernelException refused) {
            Assumptions.abort("this kernel renames no link that is up: " + refused.getMessage());
        }
    }

    @Test
    void aLinkWithAnotherNameLeadsWhereItLed() throws Exception {
        RouteTable table = table(PlaneLab.SETTINGS, FlowsContract.UP);
        lab.plane().apply(table);
        rename(lab.linkTo(lab.client()), "other");
        everybodyIsServed(table);
    }

    @Test
    void podsAreToldByTheNamesThatLinksHaveNow() throws Exception {
        RouteTable table = table(Settings.DEFAULT.withPodLinks(PodLinks.of("pods-", true)), FlowsContract.UP);
        lab.plane().apply(table);
        rename(lab.linkTo(lab.client()), "pods-1");
        everybodyIsServed(table);
    }

    @Test
    void aLinkThatIsGoneTakesItsOwnEndpointAlone() throws Exception {
        RouteTable table = table(PlaneLab.SETTINGS, FlowsContract.UP);
        lab.plane().apply(table);
        Host gone = lab.host(IpAddress.of("10.244.1.2"));
        lab.node().network().deleteLink(lab.linkTo(gone));
        RouteTable without = table(PlaneLab.SETTINGS, "");
        lab.plane().apply(without);
        everybodyIsServed(without);
    }
}
