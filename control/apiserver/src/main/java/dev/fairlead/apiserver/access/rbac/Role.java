// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;

/**
 * A Role or ClusterRole.
 *
 * @param selectors whose rules a ClusterRole gathers instead of having its own; empty for all others
 */
record Role(List<Rule> rules, Map<String, String> labels, List<LabelSelector> selectors) {
    static Role from(Tree role) {
        return new Role(
                Rule.all(role),
                role.tree("metadata").textMap("labels"),
                role.tree("aggregationRule").trees("clusterRoleSelectors").stream()
                        .map(LabelSelector::from)
                        .toList());
    }

    Role with(List<Rule> gathered) {
        return new Role(gathered, labels, selectors);
    }

    boolean gathers() {
        return !selectors.isEmpty();
    }

    boolean gathers(Role other) {
        return selectors.stream().anyMatch(selector -> selector.matches(other.labels));
    }
}
