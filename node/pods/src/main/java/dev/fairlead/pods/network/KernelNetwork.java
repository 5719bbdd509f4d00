// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.network;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.kernel.KernelException;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.namespace.Sysctl;
import dev.fairlead.kernel.netlink.RoutedVeth;
import dev.fairlead.kernel.netlink.Rtnetlink;
import dev.fairlead.kernel.process.Child;
import dev.fairlead.kernel.process.Signal;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.environment.ResolvConf;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Pods with a network and a mount namespace of their own, each joined to the node's namespace by a veth pair.
 *
 * <p>How this works: a pod has its address as /32 (and /128) on {@code eth0} and sends everything to the other end of its
 * cable ({@link RoutedVeth}); the node has one route per pod. So there is no bridge and no proxy ARP. A process that does
 * nothing holds the namespace, so that it outlives containers that restart, and this process.
 *
 * <p>The node speaks to pods from its own addresses, as far as they are on a link of its namespace.
 */
public final class KernelNetwork implements PodNetwork, AutoCloseable {
    /**
     * What pods get.
     *
     * @param name {@code kernel} or {@code rootless}
     * @param blocks the node's share of pod addresses, one block for each family wanted, primary first
     * @param nodeIps the node's own addresses, primary first; also those of pods in the node's own network
     * @param dns the cluster's name service as pods reach it
     * @param nodeResolvConf how the node itself resolves names
     * @param directory the node's data directory
     */
    public record Plan(
            String name,
            List<Cidr> blocks,
            List<IpAddress> nodeIps,
            ResolvConf.ClusterDns dns,
            ResolvConf nodeResolvConf,
            Path directory) {}

    private static final List<String> HOLDER = List.of("sleep", "infinity");

    private final Plan plan;
    private final Namespace node;
    private final Rtnetlink links;
    private final RoutedVeth cables;
    private final List<AddressPool> pools = new ArrayList<>();

    /**
     * Pods join {@code node}, which stays open as long as this is used.
     *
     * @throws KernelException when the namespace cannot be configured
     */
    public KernelNetwork(Plan plan, Namespace node) {
        this.plan = plan;
        this.node = node;
        // a pod's first address is the block's second; the first is kept for the node itself
        plan.blocks().forEach(block -> pools.add(new AddressPool(block, 2)));
        node.call(KernelNetwork::forward);
        this.links = Rtnetlink.in(node);
        this.cables = RoutedVeth.at(node, sources());
    }

    /** Pods reach each other through the node. */
    private static boolean forward() {
        Sysctl.write("net/ipv4/ip_forward", "1");
        boolean v6 = Sysctl.exists("net/ipv6/conf/all/forwarding");
        if (v6) {
            Sysctl.write("net/ipv6/conf/all/forwarding", "1");
        }
        return v6;
    }

    /** Those of the node's addresses that are in its namespace: from them it speaks to pods. */
    private List<InetAddress> sources() {
        Set<InetAddress> there = links.addresses().stream()
                .map(address -> address.prefix().address())
                .collect(Collectors.toSet());
        return plan.nodeIps().stream()
                .map(Inet::address)
                .filter(there::contains)
                .toList();
    }

    @Override
    public String name() {
        return plan.name();
    }

    @Override
    public SandboxRecord allocate(PodSpec pod) throws IOException {
        if (pod.hostNetwork()) {
            return new SandboxRecord(plan.nodeIps(), true, 0, 0);
        }
        List<IpAddress> addresses = new ArrayList<>();
        for (AddressPool pool : pools) {
            addresses.add(pool.take());
        }
        return new SandboxRecord(List.copyOf(addresses), false, 0, 0);
    }

    @Override
    public void reserve(SandboxRecord record) {
        pools.forEach(pool -> record.addresses().forEach(pool::reserve));
    }

    @Override
    public Sandbox open(PodSpec pod, SandboxRecord record, List<Long> members, Consumer<SandboxRecord> save)
            throws IOException {
        PodFiles files = PodFiles.write(pod, record, plan);
        if (record.shared()) {
            return new KernelSandbox(this, pod.uid(), record, node, null, files);
        }
        Child holder = record.holder() == 0
                ? null
                : Child.adopt(record.holder(), record.holderStart()).orElse(null);
        SandboxRecord held = record;
        Namespace namespace;
        if (holder != null) {
            namespace = Namespace.ofProcess(holder.pid());
        } else {
            if (members.isEmpty()) {
                cut(record); // the namespace of before is gone or going, and the kernel takes its time for its cables
                namespace = Namespace.create("pod-" + pod.name());
            } else {
                namespace = Namespace.ofProcess(members.getFirst());
            }
            holder = holder(pod.uid(), namespace);
            held = record.heldBy(holder.pid(), holder.startTime());
            save.accept(held);
        }
        try {
            if (links.link(link(held)).isEmpty()) {
                List<InetAddress> addresses =
                        held.addresses().stream().map(Inet::address).toList();
                cables.connect(link(held), namespace, "eth0", addresses);
            }
        } catch (KernelException refused) {
            holder.signalGroup(Signal.KILL);
            namespace.close();
            throw refused;
        }
        return new KernelSandbox(this, pod.uid(), held, namespace, holder, files);
    }

    /** A process that does nothing but keep the namespace while no container and no Fairlead runs. */
    static Child holder(String uid, Namespace namespace) {
        return Spawn.of(HOLDER)
                .withEnvironment(Map.of("FAIRLEAD_POD", uid))
                .withNetwork(namespace)
                .start();
    }

    @Override
    public void release(SandboxRecord record) {
        if (!record.shared()) {
            Child.adopt(record.holder(), record.holderStart()).ifPresent(holder -> holder.signalGroup(Signal.KILL));
            cut(record);
        }
        pools.forEach(pool -> record.addresses().forEach(pool::release));
    }

    /** The namespace that pods are joined to. */
    Namespace node() {
        return node;
    }

    /** Removes the pod's cable, if it is still there. */
    void cut(SandboxRecord record) {
        try {
            links.deleteLink(link(record));
        } catch (KernelException refused) {
            if (!refused.isNotFound()) {
                throw refused;
            }
        }
    }

    /** The name of the node's end: the primary address, as far as 15 characters hold it. */
    private static String link(SandboxRecord record) {
        IpAddress primary = record.addresses().getFirst();
        return primary.family() == IpFamily.IPV4
                ? String.format("fl%08x", primary.low())
                : String.format("fl%012x", primary.low() & 0xffff_ffff_ffffL);
    }

    /** Lets go of the node's namespace; pods stay as they are. */
    @Override
    public void close() {
        links.close();
    }
}
