// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of IngressClasses: which controller, which nothing changes, and what it is told besides. */
final class IngressClassDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, true);
    private static final int LONGEST = 250;
    private static final String CONTROLLER = "spec.controller";
    private static final String PARAMETERS = "spec.parameters";

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        if (spec.has("parameters")) {
            spec.child("parameters").fill("scope", "Cluster");
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        return new Errors()
                .addAll(Definition.super.validateCreate(object, network))
                .addAll(spec(new Tree(object).tree("spec")))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateUpdate(object, old, network));
        Tree spec = new Tree(object).tree("spec");
        String controller = spec.text("controller", "");
        if (!Objects.equals(controller, new Tree(old).tree("spec").text("controller", ""))) {
            errors.invalid(CONTROLLER, controller, "field is immutable");
        }
        return errors.addAll(spec(spec)).list();
    }

    private static List<Invalid> spec(Tree spec) {
        Errors errors = new Errors();
        controller(spec.text("controller", ""), errors);
        if (spec.has("parameters")) {
            parameters(spec.tree("parameters"), errors);
        }
        return errors.list();
    }

    private static void controller(String controller, Errors errors) {
        if (controller.length() > LONGEST) {
            errors.tooLong(CONTROLLER, LONGEST);
        }
        int slash = controller.indexOf('/');
        if (controller.isEmpty()) {
            errors.required(CONTROLLER, "");
        } else if (slash <= 0 || slash == controller.length() - 1) {
            errors.invalid(CONTROLLER, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            String host = controller.substring(0, slash);
            errors.invalid(CONTROLLER, host, Names.subdomain(host));
            String path = controller.substring(slash + 1);
            errors.invalid(CONTROLLER, path, Names.urlPath(path));
        }
    }

    private static void parameters(Tree parameters, Errors errors) {
        IngressRules.reference(parameters, PARAMETERS, errors);
        String scope = parameters.text("scope", "");
        String namespace = parameters.text("namespace");
        switch (scope) {
            case "Namespace" -> {
                if (namespace == null) {
                    errors.required(PARAMETERS + ".namespace", "`parameters.scope` is set to 'Namespace'");
                } else {
                    errors.invalid(PARAMETERS + ".namespace", namespace, Names.label(namespace));
                }
            }
            case "Cluster" -> {
                if (namespace != null) {
                    errors.forbidden(PARAMETERS + ".namespace", "`parameters.scope` is set to 'Cluster'");
                }
            }
            default -> errors.add(Invalid.notSupported(PARAMETERS + ".scope", scope, List.of("Cluster", "Namespace")));
        }
    }
}
