// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/** The rules of Ingresses. */
final class IngressDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, true);
    /** What said the class before there was a field for it. */
    private static final String CLASS = "kubernetes.io/ingress.class";

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(Definition.super.forCreate(object));
        draft.child("status").child("loadBalancer");
        return draft.tree();
    }

    @Override
    public Map<String, Object> forStatus(Map<String, Object> object, Map<String, Object> old) {
        Draft draft = Draft.copyOf(Definition.super.forStatus(object, old));
        draft.child("status").child("loadBalancer");
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree ingress = new Tree(object);
        Errors errors = new Errors().addAll(Definition.super.validateCreate(object, network));
        new IngressRules(errors, IngressRules.Leniency.NONE).check(ingress.tree("spec"));
        String said = ingress.tree("metadata").textMap("annotations").get(CLASS);
        String name = ingress.tree("spec").text("ingressClassName");
        if (said != null && name != null && !said.equals(name)) {
            errors.invalid("annotations." + CLASS, said, "must match `ingressClassName` when both are specified");
        }
        return errors.list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateUpdate(object, old, network));
        IngressRules.Leniency leniency = IngressRules.Leniency.of(new Tree(old).tree("spec"));
        new IngressRules(errors, leniency).check(new Tree(object).tree("spec"));
        return errors.list();
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateStatus(object, old, network));
        List<Tree> given = new Tree(object).tree("status").tree("loadBalancer").trees("ingress");
        for (int i = 0; i < given.size(); i++) {
            String path = "status.loadBalancer.ingress[" + i + "]";
            String ip = given.get(i).text("ip", "");
            if (!ip.isEmpty()) {
                errors.invalid(path + ".ip", ip, AddressSyntax.ip(ip));
            }
            AddressSyntax.hostname(given.get(i).text("hostname", ""), path + ".hostname", errors);
        }
        return errors.list();
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        Tree ingress = new Tree(object);
        boolean legacy = ingress.tree("metadata").textMap("annotations").containsKey(CLASS);
        return old.isEmpty() && legacy && !ingress.tree("spec").has("ingressClassName")
                ? List.of("annotation \"" + CLASS + "\" is deprecated, please use 'spec.ingressClassName' instead")
                : List.of();
    }
}
