// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.objects.AtRest;
import dev.fairlead.core.allocation.PoolOverlaps;
import dev.fairlead.core.allocation.PoolOverlaps.Reserved;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the addresses of LoadBalancerPools apart from each other and from those of Services and pods. Every write of a pool
 * also writes one key of our own, on the condition that it is as it was before the look around: of two pools written at
 * once one loses, looks again and sees the other.
 */
public final class PoolSpace {
    private static final String TURN = "/fairlead/load-balancer-pools";

    private final Store store;
    private final ClusterNetwork network;
    private final Resource pools;
    private final Resource nodes;
    private final Resource serviceCidrs;

    /** Looks around in {@code store}. */
    public PoolSpace(Store store, ClusterNetwork network, Kinds kinds) {
        this.store = store;
        this.network = network;
        this.pools = kinds.require("fairlead.dev/v1alpha1", "LoadBalancerPool");
        this.nodes = kinds.require("v1", "Node");
        this.serviceCidrs = kinds.require("networking.k8s.io/v1", "ServiceCIDR");
    }

    /** Whether this is the kind whose objects are kept apart. */
    boolean keeps(Resource resource) {
        return resource.equals(pools);
    }

    /** What must happen in the commit of a pool; to be asked for before {@link #overlaps}. */
    List<Write> turn() {
        Optional<Long> before = store.get(TURN).map(entry -> entry.modRevision());
        Expect unchanged = before.map(Expect::revision).orElseGet(Expect::absent);
        byte[] next = Long.toString(before.orElse(0L)).getBytes(StandardCharsets.UTF_8);
        return List.of(Write.put(TURN, next, unchanged));
    }

    /** Whose addresses a pool would have. */
    List<Invalid> overlaps(Map<String, Object> pool) {
        List<LoadBalancerPool> others =
                trees(pools).stream().map(LoadBalancerPool::from).toList();
        List<Reserved> reserved = new ArrayList<>();
        for (Cidr block : network.serviceCidrs()) {
            reserved.add(new Reserved(block, "where ClusterIPs come from"));
        }
        for (Tree cidr : trees(serviceCidrs)) {
            String what = "where ClusterIPs come from (ServiceCIDR \"" + name(cidr) + "\")";
            blocks(cidr.tree("spec").texts("cidrs"), what, reserved);
        }
        for (Tree node : trees(nodes)) {
            blocks(node.tree("spec").texts("podCIDRs"), "the pods of node \"" + name(node) + "\"", reserved);
        }
        return PoolOverlaps.of(pool, others, reserved);
    }

    private void blocks(List<String> texts, String what, List<Reserved> reserved) {
        for (String text : texts) {
            Cidr.parse(text)
                    .filter(block ->
                            reserved.stream().noneMatch(known -> known.block().equals(block)))
                    .ifPresent(block -> reserved.add(new Reserved(block, what)));
        }
    }

    private List<Tree> trees(Resource resource) {
        return store.prefix(resource.prefix(""), 0, 0).entries().stream()
                .map(entry -> new Tree(AtRest.tree(resource, entry)))
                .toList();
    }

    private static String name(Tree object) {
        return object.tree("metadata").text("name", "");
    }
}
