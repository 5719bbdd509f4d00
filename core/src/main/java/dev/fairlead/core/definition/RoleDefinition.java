// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/**
 * The rules of Roles and ClusterRoles.
 *
 * @param cluster which of the two; a ClusterRole may speak of paths, and gather the rules of others
 */
record RoleDefinition(boolean cluster) implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.PATH_SEGMENT, Traits.Generation.NONE, true, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree tree = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(tree, TRAITS.name()))
                .addAll(role(tree))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree tree = new Tree(object);
        return new Errors()
                .addAll(role(tree))
                .addAll(MetaValidation.update(tree, new Tree(old)))
                .list();
    }

    private List<Invalid> role(Tree role) {
        Errors errors = new Errors();
        List<Tree> rules = role.trees("rules");
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), "rules[" + i + "]", errors);
        }
        if (cluster && role.has("aggregationRule")) {
            String path = "aggregationRule.clusterRoleSelectors";
            List<Tree> selectors = role.tree("aggregationRule").trees("clusterRoleSelectors");
            if (selectors.isEmpty()) {
                errors.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
            }
            for (int i = 0; i < selectors.size(); i++) {
                errors.addAll(SelectorRules.check(selectors.get(i), path + "[" + i + "]"));
            }
        }
        return errors.list();
    }

    private void rule(Tree rule, String path, Errors errors) {
        if (rule.texts("verbs").isEmpty()) {
            errors.required(path + ".verbs", "verbs must contain at least one value");
        }
        List<String> paths = rule.texts("nonResourceURLs");
        boolean groups = !rule.texts("apiGroups").isEmpty();
        boolean resources = !rule.texts("resources").isEmpty();
        if (!paths.isEmpty()) {
            Object value = List.copyOf(paths);
            if (!cluster) {
                errors.invalid(path + ".nonResourceURLs", value, "namespaced rules cannot apply to non-resource URLs");
            }
            if (groups || resources || !rule.texts("resourceNames").isEmpty()) {
                errors.invalid(
                        path + ".nonResourceURLs",
                        value,
                        "rules cannot apply to both regular resources and non-resource URLs");
            }
            return;
        }
        if (!groups) {
            errors.required(path + ".apiGroups", "resource rules must supply at least one api group");
        }
        if (!resources) {
            errors.required(path + ".resources", "resource rules must supply at least one resource");
        }
    }
}
