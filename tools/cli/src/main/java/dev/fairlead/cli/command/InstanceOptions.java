// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import dev.fairlead.agent.Carrier;
import dev.fairlead.agent.network.Choice;
import dev.fairlead.apiserver.AuditSettings;
import dev.fairlead.cli.instance.ApiChoices;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.routes.NodePortAddresses;
import dev.fairlead.store.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an instance is to run, as options of the commands that start one. */
final class InstanceOptions {
    /** DNS has the tenth address of the first block. */
    private static final int SMALLEST = 16;

    private static final String DENY_EXTERNAL_IPS = "DenyServiceExternalIPs";

    @Option(
            names = "--network",
            paramLabel = "NET",
            defaultValue = "auto",
            description = "kernel, rootless, loopback, or auto: the first that works (default: ${DEFAULT-VALUE})")
    private String network = "auto";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "where everything that survives lies (default: ~/.fairlead; demo: a scratch directory)")
    private @Nullable Path data;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS:PORT",
            description =
                    "where the API is served; port 0 takes a free one (default: 127.0.0.1:6443; demo: a free port)")
    private @Nullable String listen;

    @Option(names = "--node-name", paramLabel = "NAME", description = "the node's name (default: this host's name)")
    private @Nullable String node;

    @Option(
            names = "--node-port-addresses",
            paramLabel = "CIDR",
            split = ",",
            description =
                    "where node ports are accepted: primary (the node's first address of each family), or blocks of"
                            + " addresses (default: primary)")
    private List<String> nodePortAddresses = new ArrayList<>();

    @Option(
            names = "--service-cidrs",
            paramLabel = "CIDR",
            split = ",",
            description =
                    "where Services get their addresses: one block, or one of each family, the primary family's first, such"
                            + " as fd00:10:96::/112,10.96.0.0/16 (default: both families, IPv4 first; one on loopback)")
    private List<String> serviceCidrs = new ArrayList<>();

    @Option(
            names = "--data-plane",
            paramLabel = "PLANE",
            defaultValue = "relay",
            description = "what carries Services: relay, a part of this process, or nftables, the kernel; the latter in"
                    + " the kernel network only (default: ${DEFAULT-VALUE})")
    private String dataPlane = "relay";

    @Option(
            names = "--enable-admission-plugins",
            paramLabel = "NAME",
            split = ",",
            description =
                    "further checks of what is written: DenyServiceExternalIPs refuses Services that ask for external"
                            + " IPs (default: none)")
    private List<String> admissionPlugins = new ArrayList<>();

    @Option(
            names = "--token-auth-file",
            paramLabel = "FILE",
            description = "static bearer tokens, a line each: token,user,uid,\"group1,group2\" (default: none)")
    private @Nullable Path tokens;

    @Option(
            names = "--audit-log-path",
            paramLabel = "FILE",
            description = "where it is written who did what, a line of JSON for each request (default: nowhere)")
    private @Nullable Path auditLog;

    @Option(
            names = "--audit-policy-file",
            paramLabel = "FILE",
            description = "how much of which requests: a Policy of audit.k8s.io/v1 (default: who, what, when and what"
                    + " came of it, of all)")
    private @Nullable Path auditPolicy;

    @Option(
            names = "--socket-balancing",
            paramLabel = "SWITCH",
            defaultValue = "auto",
            description =
                    "on: pods connect to endpoints straight away, by programs at their sockets (eBPF), above nftables;"
                            + " off; or auto, on with nftables where the kernel lets us (default: ${DEFAULT-VALUE})")
    private String socketBalancing = "auto";

    @Mixin
    private DnsOptions names = new DnsOptions();

    @Nullable
    Path data() {
        return data;
    }

    /** The settings, with defaults of the command that asks. */
    Settings settings(Path usualData, int usualPort, boolean ephemeral) {
        String launcher = System.getenv("FAIRLEAD_USER_NAMESPACE");
        return new Settings(
                        data == null ? usualData : data,
                        address(listen == null ? "127.0.0.1:" + usualPort : listen),
                        network,
                        node == null ? hostName() : node,
                        launcher != null,
                        ephemeral)
                .withNodePorts(nodePorts())
                .withCarrier(carrier())
                .withServiceCidrs(serviceCidrs())
                .withApi(new ApiChoices(externalIps(), tokens, audit()))
                .withNames(names.choices());
    }

    private @Nullable AuditSettings audit() {
        if (auditLog == null) {
            if (auditPolicy != null) {
                throw new Failure("--audit-policy-file needs --audit-log-path, which says where to write");
            }
            return null;
        }
        return new AuditSettings(auditLog, auditPolicy);
    }

    private boolean externalIps() {
        for (String plugin : admissionPlugins) {
            if (!plugin.equals(DENY_EXTERNAL_IPS)) {
                throw new Failure("--enable-admission-plugins=" + plugin + ": there is no such plugin here that is not"
                        + " always on; there is " + DENY_EXTERNAL_IPS);
            }
        }
        return admissionPlugins.isEmpty();
    }

    private Carrier carrier() {
        Carrier plane = Carrier.parse(dataPlane)
                .filter(carrier -> !carrier.socketsFirst())
                .orElseThrow(() -> new Failure("--data-plane=" + dataPlane + " must be relay or nftables"));
        return switch (socketBalancing) {
            case "off" -> plane;
            case "auto" -> plane == Carrier.NFTABLES ? Carrier.SOCKETS_IF_POSSIBLE : plane;
            case "on" -> {
                if (plane != Carrier.NFTABLES) {
                    throw new Failure("--socket-balancing=on needs --data-plane=nftables, which carries what sockets"
                            + " cannot decide");
                }
                yield Carrier.SOCKETS;
            }
            default -> throw new Failure("--socket-balancing=" + socketBalancing + " must be auto, on or off");
        };
    }

    private List<Cidr> serviceCidrs() {
        List<Cidr> blocks =
                serviceCidrs.stream().flatMap(text -> Cidr.parse(text).stream()).toList();
        boolean fit = blocks.stream()
                .allMatch(
                        block -> block.size() > SMALLEST && (block.family() == IpFamily.IPV4 || block.prefix() >= 64));
        boolean twice = blocks.stream().map(Cidr::family).distinct().count() < blocks.size();
        if (blocks.size() < serviceCidrs.size() || !fit || twice) {
            throw new Failure("--service-cidrs=" + String.join(",", serviceCidrs)
                    + " must be one block or one of each family, of more than 16 addresses, IPv6 of at most 2^64: such as"
                    + " 10.96.0.0/16,fd00:10:96::/112");
        }
        return blocks;
    }

    private NodePortAddresses nodePorts() {
        return NodePortAddresses.parse(nodePortAddresses)
                .orElseThrow(() -> new Failure("--node-port-addresses=" + String.join(",", nodePortAddresses)
                        + " must be the word primary alone, or blocks such as 192.0.2.0/24,2001:db8::/32"));
    }

    /** Starts an instance; what is wrong becomes words. */
    static Instance start(Settings settings) throws InterruptedException {
        try {
            return Instance.start(settings);
        } catch (Choice.UnavailableException | IOException | StoreException refused) {
            throw new Failure(String.valueOf(refused.getMessage()), refused);
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, colon).replace("[", "").replace("]", "");
            if (port < 0 || port > 65_535) {
                throw new NumberFormatException();
            }
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (NumberFormatException | StringIndexOutOfBoundsException | UnknownHostException wrong) {
            throw new Failure("--listen=" + text + " is no ADDRESS:PORT, such as 127.0.0.1:6443", wrong);
        }
    }

    /** The host's name as Kubernetes takes it: a lower-case DNS subdomain. */
    static String hostName() {
        String name = System.getenv("HOSTNAME");
        if (name == null || name.isEmpty()) {
            try {
                name = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException nameless) {
                name = "local";
            }
        }
        String clean =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-").replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
        return clean.isEmpty() ? "local" : clean;
    }
}
