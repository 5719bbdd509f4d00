// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/** The rules of Nodes. A node is registered by its agent, status and all, so that creating one keeps its status. */
final class NodeDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.NONE, false, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        return Draft.copyOf(object).tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree node = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(node, TRAITS.name()))
                .addAll(spec(node))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree node = new Tree(object);
        Tree before = new Tree(old).tree("spec");
        Errors errors =
                new Errors().addAll(MetaValidation.update(node, new Tree(old))).addAll(spec(node));
        List<String> cidrs = before.texts("podCIDRs");
        if (!cidrs.isEmpty() && !node.tree("spec").texts("podCIDRs").equals(cidrs)) {
            errors.forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        }
        String provider = before.text("providerID", "");
        if (!provider.isEmpty() && !node.tree("spec").text("providerID", "").equals(provider)) {
            errors.forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
        }
        return errors.list();
    }

    private static List<Invalid> spec(Tree node) {
        Errors errors = new Errors();
        List<String> cidrs = node.tree("spec").texts("podCIDRs");
        for (int i = 0; i < cidrs.size(); i++) {
            errors.invalid("spec.podCIDRs[" + i + "]", cidrs.get(i), AddressSyntax.cidr(cidrs.get(i)));
        }
        List<Tree> taints = node.tree("spec").trees("taints");
        for (int i = 0; i < taints.size(); i++) {
            String path = "spec.taints[" + i + "]";
            String key = taints.get(i).text("key", "");
            errors.invalid(path + ".key", key, Names.qualified(key));
            String value = taints.get(i).text("value", "");
            errors.invalid(path + ".value", value, Names.labelValue(value));
            errors.oneOf(
                    path + ".effect",
                    taints.get(i).text("effect"),
                    List.of("NoSchedule", "PreferNoSchedule", "NoExecute"));
        }
        return errors.list();
    }
}
