// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.nftables.Family;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Table;
import dev.fairlead.kernel.nftables.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What kube-proxy leaves in a namespace, to be taken away when Fairlead carries its Services: the tables of its nftables
 * mode, and the chains of its iptables mode where iptables is nf_tables-based. Chains of the kubelet, of CNI plugins and of
 * others stay. Rules of the older iptables (ip_tables in the kernel) cannot be seen from here: see {@link OlderIptables}.
 */
public record KubeProxy(Namespace namespace) {
    private static final List<Family> FAMILIES = List.of(Family.IPV4, Family.IPV6);
    private static final List<String> IPTABLES = List.of("raw", "mangle", "nat", "filter");
    private static final String OURS = "KUBE-";
    /** Chains with kube-proxy's prefix that are the kubelet's. */
    private static final Set<String> OF_KUBELET =
            Set.of("KUBE-FIREWALL", "KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT", "KUBE-MARK-DROP");

    /**
     * Takes everything away, one transaction for each table. Connections that it made go on.
     *
     * @return what was taken away, in words
     */
    public List<String> remove() {
        List<String> removed = new ArrayList<>();
        try (Nftables nftables = Nftables.in(namespace)) {
            for (Family family : FAMILIES) {
                String word = family == Family.IPV4 ? "ip" : "ip6";
                Table own = Table.shared(family, "kube-proxy");
                if (nftables.table(family, own.name()).isPresent()) {
                    nftables.commit("remove nftables table " + own.name(), new Transaction(own).deleteTable());
                    removed.add("nftables table " + word + " kube-proxy");
                }
                for (String name : IPTABLES) {
                    int chains = removeChains(nftables, Table.shared(family, name));
                    if (chains > 0) {
                        removed.add(chains + " chains of iptables table " + name + " (" + word + ")");
                    }
                }
            }
        }
        return List.copyOf(removed);
    }

    /** Whether a chain of iptables is kube-proxy's. */
    static boolean owns(String chain) {
        return chain.startsWith(OURS) && !OF_KUBELET.contains(chain);
    }

    private static int removeChains(Nftables nftables, Table table) {
        Set<String> chains = new LinkedHashSet<>(nftables.chainNames(table));
        chains.removeIf(chain -> !owns(chain));
        if (chains.isEmpty()) {
            return 0;
        }
        Transaction change = new Transaction(table);
        chains.forEach(change::clearChain); // they lead to each other
        for (Nftables.Lead lead : nftables.leads(table)) {
            if (!chains.contains(lead.chain()) && lead.targets().stream().anyMatch(chains::contains)) {
                change.deleteRule(lead.chain(), lead.handle());
            }
        }
        chains.forEach(change::deleteChain);
        nftables.commit("remove the chains of kube-proxy from table " + table.name(), change);
        return chains.size();
    }
}
