// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.kernel.nftables.Bytes;
import dev.fairlead.kernel.nftables.Chain;
import dev.fairlead.kernel.nftables.Element;
import dev.fairlead.kernel.nftables.NamedSet;
import dev.fairlead.kernel.nftables.Nftables;
import dev.fairlead.kernel.nftables.Rule;
import dev.fairlead.kernel.nftables.Table;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds, as it was read.
 *
 * @param elements of each set that rules do not fill, by their key and the end of their range
 */
record Held(
        Set<Chain> chains, Map<String, List<Rule>> rules, Set<NamedSet> sets, Map<String, Map<Key, Element>> elements) {
    /** What no two elements of a set have in common. */
    record Key(Bytes from, @Nullable Bytes to) {
        static Key of(Element element) {
            return new Key(element.key(), element.to());
        }
    }

    /** Chains, rules and sets, of which there is a constant number; no elements, of which there may be many. */
    static Held constantPart(Nftables nftables, Table table) {
        return new Held(
                new HashSet<>(nftables.chains(table)),
                byChain(nftables.rules(table)),
                new HashSet<>(nftables.sets(table)),
                Map.of());
    }

    /** The same with the elements. */
    Held withElements(Nftables nftables, Table table) {
        Map<String, Map<Key, Element>> all = new HashMap<>();
        for (NamedSet set : sets) {
            if (!set.dynamic()) {
                Map<Key, Element> found = new HashMap<>();
                nftables.elements(table, set.name()).forEach(element -> found.put(Key.of(element), element));
                all.put(set.name(), found);
            }
        }
        return new Held(chains, rules, sets, all);
    }

    /**
     * Whether the constant part stands here as it should; what was added for affinity does not matter, nor how large the
     * sets are that rules do not fill.
     */
    boolean has(Ruleset wanted) {
        return unsized(sets).equals(unsized(wanted.sets()))
                && chains.containsAll(wanted.chains())
                && byChain(wanted.rules()).entrySet().stream()
                        .allMatch(chain -> chain.getValue().equals(rules.get(chain.getKey())));
    }

    private static Set<NamedSet> unsized(Collection<NamedSet> sets) {
        return sets.stream().map(set -> set.dynamic() ? set : set.sized(0)).collect(Collectors.toSet());
    }

    private static Map<String, List<Rule>> byChain(List<Rule> rules) {
        return rules.stream().collect(Collectors.groupingBy(Rule::chain));
    }

    boolean hasChain(String name) {
        return chains.contains(Chain.called(name));
    }
}
