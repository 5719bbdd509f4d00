// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import dev.fairlead.agent.network.Block;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

/**
 * The LoadBalancerPool that an instance begins with. It is made once: a mark on the namespace kube-system remembers with
 * which addresses, so that a user may change or delete it for good. When the instance comes up with another block (another
 * network), a pool that is as it was made gets the addresses of that block.
 */
record DefaultPool(ApiClient client) {
    private static final System.Logger LOG = System.getLogger(DefaultPool.class.getName());
    private static final ObjectName NAME = new ObjectName("", "default");
    private static final ObjectName HOME = new ObjectName("", "kube-system");
    private static final String MARK = "fairlead.dev/default-pool";

    void ensure(Block block) throws IOException, InterruptedException {
        List<String> addresses = (block.dualStack()
                        ? List.of(block.loadBalancers(), block.loadBalancersV6())
                        : List.of(block.loadBalancers()))
                .stream().map(Cidr::toString).toList();
        String wanted = String.join(",", addresses);
        String made = client.get(Resources.NAMESPACES, HOME)
                .tree("metadata")
                .textMap("annotations")
                .getOrDefault(MARK, "");
        if (made.equals(wanted)) {
            return;
        }
        try {
            Tree pool = client.find(Resources.LOAD_BALANCER_POOLS, NAME);
            if (made.isEmpty() && pool == null) {
                create(addresses);
            } else if (pool != null
                    && String.join(",", pool.tree("spec").texts("addresses")).equals(made)) {
                client.patch(
                        Resources.LOAD_BALANCER_POOLS,
                        NAME,
                        new Patch.Merge(Map.of("spec", Map.of("addresses", addresses))));
            }
        } catch (ApiError refused) {
            LOG.log(Level.WARNING, "the LoadBalancerPool \"default\" was not made: {0}", refused.getMessage());
            return;
        }
        client.patch(
                Resources.NAMESPACES,
                HOME,
                new Patch.Merge(Map.of("metadata", Map.of("annotations", Map.of(MARK, wanted)))));
    }

    private void create(List<String> addresses) throws IOException, InterruptedException {
        client.create(
                Resources.LOAD_BALANCER_POOLS,
                Map.of(
                        "apiVersion",
                        Resources.LOAD_BALANCER_POOLS.apiVersion(),
                        "kind",
                        Resources.LOAD_BALANCER_POOLS.kind(),
                        "metadata",
                        Map.of("name", NAME.name()),
                        "spec",
                        Map.of("addresses", addresses)));
    }
}
