// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The rules of NetworkPolicies. */
final class NetworkPolicyDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        spec.child("podSelector");
        for (String direction : List.of("ingress", "egress")) {
            for (Draft rule : spec.children(direction)) {
                rule.children("ports").forEach(port -> port.fill("protocol", "TCP"));
            }
        }
        if (spec.view().texts("policyTypes").isEmpty()) {
            List<Object> types = new ArrayList<>(List.of("Ingress"));
            if (!spec.view().trees("egress").isEmpty()) {
                types.add("Egress");
            }
            spec.set("policyTypes", types);
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateCreate(object, network));
        new NetworkPolicyRules(errors, Tree.EMPTY).check(new Tree(object).tree("spec"));
        return errors.list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateUpdate(object, old, network));
        new NetworkPolicyRules(errors, new Tree(old).tree("spec")).check(new Tree(object).tree("spec"));
        return errors.list();
    }
}
