// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Packet;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.KubeProxy;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Expression;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import dev.fairlead.kernel.nftables.Verdict;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.Inet;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Services go from kube-proxy's rules to ours, and no new connection fails. */
class KubeProxyTest {
    private static final Table OWN = Table.shared(Family.IPV4, "kube-proxy");
    private static final Table NAT = Table.shared(Family.IPV4, "nat");
    private static final Bytes CLUSTER_IP = Bytes.of(10, 96, 0, 1);
    private static final Bytes BACKEND = Bytes.of(10, 244, 1, 2);

    /** As kube-proxy's nftables mode: a table of its own with NAT chains. */
    private static void makeTable(Nftables nftables) {
        nftables.commit(
                "make a table as kube-proxy does",
                new Transaction(OWN)
                        .addTable()
                        .add(hooked("nat-prerouting"))
                        .add(Chain.called("services"))
                        .add(Chain.called("service-X"))
                        .add(Rule.of("nat-prerouting", jump("services")))
                        .add(forService("services", "service-X"))
                        .add(translate("service-X")));
    }

    /** As iptables-nft: base chains of everybody with jumps to chains of kube-proxy, of the kubelet and of others. */
    private static void makeChains(Nftables nftables) {
        nftables.commit(
                "make chains as iptables-nft does",
                new Transaction(NAT)
                        .addTable()
                        .add(hooked("PREROUTING"))
                        .add(Chain.called("KUBE-SERVICES"))
                        .add(Chain.called("KUBE-SVC-X"))
                        .add(Chain.called("KUBE-SEP-Y"))
                        .add(Chain.called("KUBE-KUBELET-CANARY"))
                        .add(Chain.called("CNI-HOSTPORT"))
                        .add(Rule.of("PREROUTING", jump("CNI-HOSTPORT")))
                        .add(Rule.of("PREROUTING", jump("KUBE-SERVICES")))
                        .add(forService("KUBE-SERVICES", "KUBE-SVC-X"))
                        .add(Rule.of("KUBE-SVC-X", jump("KUBE-SEP-Y")))
                        .add(translate("KUBE-SEP-Y")));
    }

    private static Chain hooked(String name) {
        return new Chain(name, new Chain.Hook(Chain.Kind.NAT, Chain.Point.PREROUTING, -100));
    }

    private static Expression jump(String chain) {
        return new Expression.Decide(new Verdict.Jump(chain));
    }

    private static Rule forService(String chain, String target) {
        return Rule.of(
                chain,
                new Expression.Payload(Expression.Payload.Base.NETWORK, 16, 4, 0),
                new Expression.Compare(0, true, CLUSTER_IP),
                jump(target));
    }

    private static Rule translate(String chain) {
        return Rule.of(
                chain,
                new Expression.Load(0, BACKEND),
                new Expression.Load(1, Bytes.of(0x1f, 0x90)), // 8080
                new Expression.DestinationNat(Family.IPV4, 0, 1));
    }

    @Test
    void newConnectionsNeverFailWhileTheRulesChangeHands() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        try (PlaneLab lab = new PlaneLab(node -> new PlaneLab.Carrying(
                        NftablesPlane.in(node.namespace(), "fairlead", Ruleset.Options.USUAL), () -> {}));
                Nftables nftables = Nftables.in(lab.node().namespace())) {
            makeTable(nftables);
            makeChains(nftables);
            Packet.From pod = lab.sources().get("pod").getFirst();
            IpAddress clusterIp = IpAddress.of("10.96.0.1");
            assertThat(lab.server(new Packet(pod, Protocol.TCP, clusterIp, 80)))
                    .as("kube-proxy carries it")
                    .isEqualTo("a");
            RouteTable table = FlowsContract.table(PlaneLab.SETTINGS, "", FlowsContract.UP, FlowsContract.UP);
            Host client = lab.host(pod.ip());
            try (SteadyClients clients = new SteadyClients()
                    .newConnections(client, Inet.address(clusterIp))
                    .oneConnection(client, Inet.address(clusterIp))) {
                clients.awaitAnswers(20);
                lab.plane().apply(table);
                clients.awaitAnswers(20);
                assertThat(new KubeProxy(lab.node().namespace()).remove())
                        .containsExactly("nftables table ip kube-proxy", "3 chains of iptables table nat (ip)");
                clients.awaitAnswers(20);
                assertThat(clients.failures()).isEmpty();
            }
            assertThat(nftables.table(OWN.family(), OWN.name())).isEmpty();
            assertThat(nftables.chainNames(NAT))
                    .containsExactlyInAnyOrder("PREROUTING", "KUBE-KUBELET-CANARY", "CNI-HOSTPORT");
            assertThat(nftables.leads(NAT).stream().map(Nftables.Lead::targets))
                    .containsExactly(List.of("CNI-HOSTPORT"));
            lab.agrees(table, new Packet(pod, Protocol.TCP, clusterIp, 80));
        }
    }

    @Test
    void whereThereIsNothingNothingIsDone() {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        try (Namespace empty = Namespace.create("empty")) {
            assertThat(new KubeProxy(empty).remove()).isEmpty();
        }
    }
}
