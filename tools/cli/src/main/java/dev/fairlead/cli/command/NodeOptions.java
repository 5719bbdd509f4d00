// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.ClusterNode;
import dev.fairlead.agent.cluster.Balanced;
import dev.fairlead.agent.cluster.ConntrackLimits;
import dev.fairlead.agent.cluster.LocalPods;
import dev.fairlead.cli.command.session.Durations;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.core.routes.PodLinks;
import dev.fairlead.kernel.namespace.Namespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the operator of a node decides, under kube-proxy's names where it has them. */
final class NodeOptions {
    @Option(
            names = {"--node-name", "--hostname-override"},
            paramLabel = "NAME",
            description = "the name of this node's Node object (default: this host's name)")
    private @Nullable String name;

    @Option(
            names = "--data-plane",
            paramLabel = "PLANE",
            defaultValue = "nftables",
            description =
                    "what carries Services: nftables, the kernel, or relay, this process (default: ${DEFAULT-VALUE})")
    private String plane = "nftables";

    @Option(
            names = "--socket-balancing",
            paramLabel = "WHOSE",
            defaultValue = "auto",
            description = "whose connections go to endpoints straight away, by programs at their sockets (eBPF; with"
                    + " nftables): off, nobody's, host, this host's own, pods, those of pods too, which passes by"
                    + " their sidecars, or auto, host where the kernel lets us (default: ${DEFAULT-VALUE})")
    private String balanced = "auto";

    @Option(
            names = "--service-cidrs",
            paramLabel = "CIDR",
            split = ",",
            description = "where Services have their addresses (default: as the API's ServiceCIDRs say)")
    private List<String> serviceCidrs = new ArrayList<>();

    @Option(
            names = "--cluster-cidr",
            paramLabel = "CIDR",
            split = ",",
            description = "where the cluster's pods have their addresses: clusterIP traffic of others is masqueraded")
    private List<String> clusterCidrs = new ArrayList<>();

    @Option(
            names = "--detect-local-mode",
            paramLabel = "MODE",
            defaultValue = "ClusterCIDR",
            description =
                    "how pods are told from others: ClusterCIDR, by --cluster-cidr, NodeCIDR, by the node's own podCIDRs,"
                            + " BridgeInterface or InterfaceNamePrefix, by the link they come in by (default:"
                            + " ${DEFAULT-VALUE})")
    private String detectLocal = "ClusterCIDR";

    @Option(
            names = "--pod-bridge-interface",
            paramLabel = "LINK",
            description = "the bridge of this node's pods, for BridgeInterface")
    private String podBridge = "";

    @Option(
            names = "--pod-interface-name-prefix",
            paramLabel = "PREFIX",
            description = "how the names of this node's links to pods begin, for InterfaceNamePrefix")
    private String podLinkPrefix = "";

    @Option(
            names = {"--node-port-addresses", "--nodeport-addresses"},
            paramLabel = "CIDR",
            split = ",",
            description = "where node ports are accepted: primary, or blocks (default: primary)")
    private List<String> nodePortAddresses = new ArrayList<>();

    @Option(
            names = {"--localhost-node-ports", "--iptables-localhost-nodeports"},
            paramLabel = "BOOLEAN",
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "whether processes of this host find node ports on 127.0.0.1, too, where"
                    + " --node-port-addresses does not leave it out (default: ${DEFAULT-VALUE})")
    private boolean localhostNodePorts = true;

    @Option(names = "--masquerade-all", description = "masquerade all clusterIP traffic")
    private boolean masqueradeAll;

    @Option(
            names = {"--masquerade-bit", "--iptables-masquerade-bit"},
            paramLabel = "BIT",
            defaultValue = "14",
            description = "the bit of the packet mark that asks for masquerading, 1 to 31 (default: ${DEFAULT-VALUE})")
    private int masqueradeBit = 14;

    @Option(
            names = "--conntrack-max-per-core",
            paramLabel = "N",
            defaultValue = "32768",
            description = "connections to track for each processor; 0 leaves it as it is (default: ${DEFAULT-VALUE})")
    private int conntrackMaxPerCore = 32_768;

    @Option(
            names = "--conntrack-min",
            paramLabel = "N",
            defaultValue = "131072",
            description = "at least so many connections, however few processors (default: ${DEFAULT-VALUE})")
    private int conntrackMin = 131_072;

    @Option(
            names = "--conntrack-tcp-timeout-established",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "silence after which a connection is forgotten; 0s leaves it (default: ${DEFAULT-VALUE})")
    private String established = "24h";

    @Option(
            names = "--conntrack-tcp-timeout-close-wait",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "the same when one side has ended it; 0s leaves it (default: ${DEFAULT-VALUE})")
    private String closeWait = "1h";

    @Option(
            names = "--take-over",
            description =
                    "once Fairlead carries the Services, remove the rules of kube-proxy; end kube-proxy itself first")
    private boolean takeOver;

    ClusterNode.Settings settings(Namespace namespace, Path directory) {
        if (masqueradeBit < 1 || masqueradeBit > 31) {
            throw new Failure(
                    "--masquerade-bit=" + masqueradeBit + " must be 1 to 31; bit 0 is used for something else");
        }
        if (conntrackMaxPerCore < 0 || conntrackMin < 0) {
            throw new Failure("--conntrack-max-per-core and --conntrack-min must not be negative");
        }
        return new ClusterNode.Settings(
                name == null ? InstanceOptions.hostName() : name,
                namespace,
                directory,
                carrier(),
                balanced(),
                blocks("--service-cidrs", serviceCidrs),
                pods(),
                NodePortAddresses.parse(nodePortAddresses)
                        .orElseThrow(() -> new Failure("--node-port-addresses=" + String.join(",", nodePortAddresses)
                                + " must be the word primary alone, or blocks such as 192.0.2.0/24,2001:db8::/32")),
                localhostNodePorts,
                masqueradeAll,
                1 << masqueradeBit,
                new ConntrackLimits(
                        conntrackMaxPerCore,
                        conntrackMin,
                        time("--conntrack-tcp-timeout-established", established),
                        time("--conntrack-tcp-timeout-close-wait", closeWait)),
                takeOver);
    }

    private Carrier carrier() {
        return Carrier.parse(plane)
                .filter(carrier -> !carrier.socketsFirst())
                .orElseThrow(() -> new Failure("--data-plane=" + plane + " must be relay or nftables"));
    }

    private Balanced balanced() {
        Balanced whose = Balanced.parse(balanced)
                .orElseThrow(() -> new Failure("--socket-balancing=" + balanced + " must be auto, off, host or pods"));
        if (whose != Balanced.OFF && whose != Balanced.AUTO && carrier() != Carrier.NFTABLES) {
            throw new Failure("--socket-balancing=" + balanced + " works above nftables only: --data-plane=nftables");
        }
        return whose;
    }

    private LocalPods pods() {
        List<Cidr> blocks = blocks("--cluster-cidr", clusterCidrs);
        return switch (detectLocal) {
            case "ClusterCIDR" -> new LocalPods.ClusterBlocks(blocks);
            case "NodeCIDR" -> new LocalPods.NodeBlocks();
            case "BridgeInterface" -> links("--pod-bridge-interface", podBridge, false);
            case "InterfaceNamePrefix" -> links("--pod-interface-name-prefix", podLinkPrefix, true);
            default ->
                throw new Failure("--detect-local-mode=" + detectLocal
                        + " must be ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix");
        };
    }

    private LocalPods links(String option, String name, boolean prefix) {
        if (carrier() != Carrier.NFTABLES) {
            throw new Failure("--detect-local-mode=" + detectLocal
                    + " needs --data-plane=nftables: the relay sees addresses," + " not links");
        }
        return new LocalPods.Links(PodLinks.of(name, prefix)
                .orElseThrow(() -> new Failure("--detect-local-mode=" + detectLocal + " needs " + option
                        + " with a link's name of 1 to 15 bytes, not \"" + name + "\"")));
    }

    private static List<Cidr> blocks(String option, List<String> texts) {
        List<Cidr> blocks = new ArrayList<>();
        for (String text : texts) {
            Optional<Cidr> block = Cidr.parse(text.strip());
            blocks.add(block.orElseThrow(
                    () -> new Failure(option + "=" + text + " is no block of addresses such as 10.96.0.0/16")));
        }
        return List.copyOf(blocks);
    }

    /** Zero leaves the kernel's own. */
    private static Duration time(String option, String text) {
        return text.equals("0") || text.equals("0s")
                ? Duration.ZERO
                : Duration.ofSeconds(Durations.seconds(option, text));
    }
}
