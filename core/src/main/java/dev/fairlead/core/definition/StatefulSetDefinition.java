// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of StatefulSets. */
final class StatefulSetDefinition implements Definition {
    private static final Traits TRAITS = new Traits(Traits.NameRule.LABEL, Traits.Generation.SPEC, false, true);
    private static final String STRATEGY = "spec.updateStrategy";
    private static final String RETENTION = "persistentVolumeClaimRetentionPolicy";
    private static final Set<String> FREE = Set.of(
            "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", RETENTION, "minReadySeconds");

    @Override
    public Traits traits() {
        return TRAITS;
    }

    @Override
    public Map<String, Object> defaulted(Map<String, Object> object) {
        Draft draft = Draft.copyOf(object);
        Draft spec = draft.child("spec");
        spec.fill("replicas", 1L).fill("revisionHistoryLimit", 10L).fillText("podManagementPolicy", "OrderedReady");
        if (spec.has("template")) {
            PodDefaults.spec(spec.child("template").child("spec"));
        }
        Draft strategy = spec.child("updateStrategy");
        if (strategy.view().text("type", "").isEmpty()) {
            strategy.set("type", "RollingUpdate").child("rollingUpdate");
        }
        if (strategy.view().text("type", "").equals("RollingUpdate") && strategy.has("rollingUpdate")) {
            strategy.child("rollingUpdate").fill("partition", 0L).fill("maxUnavailable", 1L);
        }
        spec.child(RETENTION).fillText("whenDeleted", "Retain").fillText("whenScaled", "Retain");
        for (Draft claim : spec.children("volumeClaimTemplates")) {
            claim.child("spec").fillText("volumeMode", "Filesystem");
            claim.child("status").fillText("phase", "Pending");
        }
        return draft.tree();
    }

    @Override
    public Map<String, Object> forCreate(Map<String, Object> object) {
        Draft draft = Draft.copyOf(Definition.super.forCreate(object));
        draft.child("status").set("replicas", 0L).set("availableReplicas", 0L);
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
        Tree spec = new Tree(object).tree("spec");
        Errors errors = new Errors()
                .addAll(Definition.super.validateUpdate(object, old, network))
                .addAll(spec(spec));
        Map<String, Object> before = new Tree(old).tree("spec").fields();
        if (!Fields.without(spec.fields(), FREE).equals(Fields.without(before, FREE))) {
            errors.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden");
        }
        return errors.list();
    }

    @Override
    public List<Invalid> validateStatus(Map<String, Object> object, Map<String, Object> old, ClusterNetwork network) {
        Errors errors = new Errors().addAll(Definition.super.validateStatus(object, old, network));
        Tree status = new Tree(object).tree("status");
        long replicas = status.whole("replicas", 0);
        errors.notNegative("status.replicas", replicas);
        errors.notNegative("status.observedGeneration", status.whole("observedGeneration", 0));
        errors.notNegative("status.collisionCount", status.whole("collisionCount", 0));
        for (String field : List.of("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")) {
            long count = status.whole(field, 0);
            errors.notNegative("status." + field, count);
            if (count > replicas) {
                errors.invalid("status." + field, count, "cannot be greater than status.replicas");
            }
        }
        long available = status.whole("availableReplicas", 0);
        if (available > status.whole("readyReplicas", 0)) {
            errors.invalid("status.availableReplicas", available, "cannot be greater than status.readyReplicas");
        }
        return errors.list();
    }

    @Override
    public List<String> warnings(Map<String, Object> object, Map<String, Object> old) {
        Tree spec = new Tree(object).tree("spec");
        List<String> warnings = new ArrayList<>();
        if (old.isEmpty() && spec.has("volumeClaimTemplates")) {
            warnings.add("spec.volumeClaimTemplates: there are no PersistentVolumeClaims here, so pods wait for volumes"
                    + " that do not come; use emptyDir or hostPath volumes in the template");
        }
        if (spec.whole("revisionHistoryLimit", 0) < 0) {
            warnings.add("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is"
                    + " recommended");
        }
        return warnings;
    }

    private static List<Invalid> spec(Tree spec) {
        Errors errors = new Errors();
        String management = spec.text("podManagementPolicy", "");
        if (!List.of("OrderedReady", "Parallel").contains(management)) {
            errors.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
        }
        strategy(spec.tree("updateStrategy"), errors);
        for (String moment : List.of("whenDeleted", "whenScaled")) {
            errors.oneOf(
                    "spec." + RETENTION + "." + moment, spec.tree(RETENTION).text(moment), List.of("Retain", "Delete"));
        }
        errors.notNegative("spec.replicas", spec.whole("replicas", 0));
        errors.notNegative("spec.minReadySeconds", spec.whole("minReadySeconds", 0));
        errors.notNegative("spec.ordinals.start", spec.tree("ordinals").whole("start", 0));
        String service = spec.text("serviceName", "");
        if (!service.isEmpty()) {
            errors.invalid("spec.serviceName", service, Names.label(service));
        }
        WorkloadRules rules = new WorkloadRules("statefulset", "StatefulSet", errors);
        rules.selector(spec);
        rules.template(spec, withClaims(spec));
        return errors.list();
    }

    private static void strategy(Tree strategy, Errors errors) {
        Object rolling = strategy.value("rollingUpdate");
        switch (strategy.text("type", "")) {
            case "OnDelete" -> {
                if (rolling != null) {
                    errors.invalid(
                            STRATEGY + ".rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'");
                }
            }
            case "RollingUpdate" -> {
                Tree how = strategy.tree("rollingUpdate");
                errors.notNegative(STRATEGY + ".rollingUpdate.partition", how.whole("partition", 0));
                Object most = how.value("maxUnavailable");
                String path = STRATEGY + ".rollingUpdate.maxUnavailable";
                StrategyRules.countOrShare(most, path, errors);
                if (most != null && StrategyRules.zero(most)) {
                    errors.invalid(path, most, "cannot be 0");
                }
                StrategyRules.notMoreThanAll(most, path, errors);
            }
            default -> errors.invalid(STRATEGY, strategy.fields(), "must be 'RollingUpdate' or 'OnDelete'");
        }
    }

    /** The template as pods will have it: with a volume for each claim, so that mounts of claims are known. */
    private static Tree withClaims(Tree spec) {
        Tree template = spec.tree("template");
        List<Object> volumes = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Tree volume : template.tree("spec").trees("volumes")) {
            volumes.add(volume.fields());
            names.add(volume.text("name", ""));
        }
        for (Tree claim : spec.trees("volumeClaimTemplates")) {
            String name = claim.tree("metadata").text("name", "");
            if (names.add(name)) {
                volumes.add(Map.of("name", name, "persistentVolumeClaim", Map.of("claimName", name)));
            }
        }
        Map<String, Object> pod = new LinkedHashMap<>(template.tree("spec").fields());
        pod.put("volumes", volumes);
        Map<String, Object> whole = new LinkedHashMap<>(template.fields());
        whole.put("spec", pod);
        return new Tree(whole);
    }
}
