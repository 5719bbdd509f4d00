// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of Pods. */
final class PodDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, true);

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        return PodDefaults.defaulted(object);
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(Definition.super.forCreate(object));
        draft.child("status")
                .set("phase", "Pending")
                .set("qosClass", qosClass(draft.view().tree("spec")));
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree pod = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(pod, TRAITS.name()))
                .addAll(PodValidation.spec(pod.tree("spec"), "spec"))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree pod = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.update(pod, new Tree(old)))
                .addAll(PodValidation.spec(pod.tree("spec"), "spec"))
                .addAll(PodValidation.change(pod, new Tree(old)))
                .list();
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(MetaValidation.update(new Tree(object), new Tree(old)));
        List<Tree> addresses = new Tree(object).tree("status").trees("podIPs");
        if (addresses.size() > 2) {
            errors.invalid(
                    "status.podIPs", addresses.stream().map(Tree::fields).toList(), "may hold no more than 2 values");
        }
        for (int i = 0; i < addresses.size(); i++) {
            String text = addresses.get(i).text("ip", "");
            errors.invalid("status.podIPs[" + i + "]", text, AddressSyntax.ip(text));
        }
        return errors.list();
    }

    /** Guaranteed when every container limits what it requests, BestEffort when none asks for anything. */
    private static String qosClass(Tree spec) {
        List<Tree> containers = new ArrayList<>(spec.trees("containers"));
        containers.addAll(spec.trees("initContainers"));
        boolean nothing = containers.stream()
                .map(container -> container.tree("resources"))
                .allMatch(resources -> counted(resources, "requests").isEmpty()
                        && counted(resources, "limits").isEmpty());
        boolean everything = containers.stream()
                .map(container -> container.tree("resources"))
                .allMatch(resources -> counted(resources, "limits").size() == 2
                        && counted(resources, "limits").equals(counted(resources, "requests")));
        if (nothing) {
            return "BestEffort";
        }
        return everything ? "Guaranteed" : "Burstable";
    }

    private static Map<String, Object> counted(Tree resources, String part) {
        Map<String, Object> amounts = new HashMap<>(resources.tree(part).fields());
        amounts.keySet().retainAll(List.of("cpu", "memory"));
        return amounts;
    }
}
