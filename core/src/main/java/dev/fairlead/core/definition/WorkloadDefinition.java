// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rules of Deployments and ReplicaSets.
 *
 * @param deployment which of the two; a Deployment's annotations are copied to its ReplicaSets and so count as specification
 */
record WorkloadDefinition(boolean deployment) implements Definition {
    private static final Traits DEPLOYMENT =
            new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC_AND_ANNOTATIONS, false, true);
    private static final Traits REPLICA_SET =
            new Traits(Traits.NameRule.SUBDOMAIN, Traits.Generation.SPEC, false, true);

    @Override
    public Traits traits() {
        return deployment ? DEPLOYMENT : REPLICA_SET;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        spec.fill("replicas", 1L);
        if (spec.has("template")) {
            PodDefaults.spec(spec.child("template").child("spec"));
        }
        if (deployment) {
            spec.fill("revisionHistoryLimit", 10L).fill("progressDeadlineSeconds", 600L);
            Draft strategy = spec.child("strategy").fillText("type", "RollingUpdate");
            if (strategy.view().text("type", "").equals("RollingUpdate")) {
                strategy.child("rollingUpdate").fill("maxUnavailable", "25%").fill("maxSurge", "25%");
            }
        }
        return draft.tree();
    }

    @Override
    public List<Invalid> validateCreate(Map<String, Object> object, ClusterNetwork network) {
        Tree tree = new Tree(object);
        return new Errors()
                .addAll(MetaValidation.create(tree, traits().name()))
                .addAll(spec(tree.tree("spec")))
                .list();
    }

    @Override
    public List<Invalid> validateUpdate(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree tree = new Tree(object);
        Errors errors =
                new Errors().addAll(MetaValidation.update(tree, new Tree(old))).addAll(spec(tree.tree("spec")));
        Object selector = tree.tree("spec").value("selector");
        if (selector != null
                && !Objects.equals(selector, new Tree(old).tree("spec").value("selector"))) {
            errors.invalid("spec.selector", selector, "field is immutable");
        }
        return errors.list();
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Tree tree = new Tree(object);
        Tree status = tree.tree("status");
        Errors errors = new Errors().addAll(MetaValidation.update(tree, new Tree(old)));
        long replicas = status.whole("replicas", 0);
        errors.notNegative("status.observedGeneration", status.whole("observedGeneration", 0));
        errors.notNegative("status.replicas", replicas);
        for (String field : List.of("updatedReplicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")) {
            long count = status.whole(field, 0);
            errors.notNegative("status." + field, count);
            if (count > replicas) {
                errors.invalid("status." + field, count, "cannot be greater than status.replicas");
            }
        }
        if (status.whole("availableReplicas", 0) > status.whole("readyReplicas", 0)) {
            errors.invalid(
                    "status.availableReplicas",
                    status.whole("availableReplicas", 0),
                    "cannot be greater than readyReplicas");
        }
        return errors.list();
    }

    private List<Invalid> spec(Tree spec) {
        Errors errors = new Errors();
        errors.notNegative("spec.replicas", spec.whole("replicas", 0));
        errors.notNegative("spec.minReadySeconds", spec.whole("minReadySeconds", 0));
        WorkloadRules rules = new WorkloadRules("deployment", "ReplicaSet", errors);
        rules.selector(spec);
        rules.template(spec, spec.tree("template"));
        if (deployment) {
            StrategyRules.check(spec, errors);
        }
        return errors.list();
    }
}
