// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a pod, or with the template of one. */
final class PodValidation {
    private static final String UPDATABLE = "pod updates may not change fields other than"
            + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations`"
            + " (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if"
            + " it was previously negative)";

    private PodValidation() {}

    /** The specification at {@code path}. */
    static List<Invalid> spec(Tree spec, String path) {
        Errors errors = new Errors();
        Set<String> volumes = ContainerRules.volumes(spec.trees("volumes"), path + ".volumes", errors);
        ContainerRules containers = new ContainerRules(errors, volumes);
        if (spec.trees("containers").isEmpty()) {
            errors.required(path + ".containers", "");
        }
        containers.check(spec.trees("containers"), path + ".containers", false);
        containers.check(spec.trees("initContainers"), path + ".initContainers", true);
        errors.oneOf(path + ".restartPolicy", spec.text("restartPolicy"), List.of("Always", "Never", "OnFailure"));
        errors.oneOf(
                path + ".dnsPolicy",
                spec.text("dnsPolicy"),
                List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"));
        errors.addAll(MetaValidation.labels(spec.textMap("nodeSelector"), path + ".nodeSelector"));
        for (String field : List.of("hostname", "subdomain")) {
            String label = spec.text(field, "");
            if (!label.isEmpty()) {
                errors.invalid(path + "." + field, label, Names.label(label));
            }
        }
        for (String field : List.of("nodeName", "serviceAccountName")) {
            String name = spec.text(field, "");
            if (!name.isEmpty()) {
                errors.invalid(path + "." + field, name, Names.subdomain(name));
            }
        }
        if (spec.has("activeDeadlineSeconds")) {
            long seconds = spec.whole("activeDeadlineSeconds", 0);
            errors.invalid(path + ".activeDeadlineSeconds", seconds, Names.inRange(seconds, 1, Integer.MAX_VALUE));
        }
        return errors.list();
    }

    /** What an update of a pod may not do: change more than images, a deadline, and added tolerations. */
    static List<Invalid> change(Tree pod, Tree old) {
        Tree spec = pod.tree("spec");
        Tree before = old.tree("spec");
        Errors errors = new Errors();
        for (String list : List.of("containers", "initContainers")) {
            if (spec.trees(list).size() != before.trees(list).size()) {
                return errors.forbidden("spec." + list, "pod updates may not add or remove containers")
                        .list();
            }
        }
        deadline(spec, before, errors);
        tolerations(spec, before, errors);
        if (!fixed(spec, before).equals(fixed(before, before))) {
            errors.forbidden("spec", UPDATABLE);
        }
        return errors.list();
    }

    private static void deadline(Tree spec, Tree before, Errors errors) {
        String path = "spec.activeDeadlineSeconds";
        if (!before.has("activeDeadlineSeconds")) {
            return;
        }
        if (!spec.has("activeDeadlineSeconds")) {
            errors.invalid(path, null, "must not update from a positive integer to nil value");
            return;
        }
        long seconds = spec.whole("activeDeadlineSeconds", 0);
        if (seconds > before.whole("activeDeadlineSeconds", 0)) {
            errors.invalid(path, seconds, "must be less than or equal to previous value");
        }
    }

    /** Tolerations may be added; of those there were only {@code tolerationSeconds} may change. */
    private static void tolerations(Tree spec, Tree before, Errors errors) {
        Set<Object> now = new HashSet<>();
        spec.trees("tolerations").forEach(toleration -> now.add(untimed(toleration)));
        boolean kept = before.trees("tolerations").stream().allMatch(toleration -> now.contains(untimed(toleration)));
        if (!kept) {
            errors.forbidden(
                    "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    private static Map<String, Object> untimed(Tree toleration) {
        return Fields.without(toleration.fields(), Set.of("tolerationSeconds"));
    }

    /** The part of a specification that never changes: images are taken from {@code before}, gates may open. */
    private static Map<String, Object> fixed(Tree spec, Tree before) {
        Set<String> free = new HashSet<>(Set.of("activeDeadlineSeconds", "tolerations", "schedulingGates"));
        if (before.text("nodeName", "").isEmpty()) {
            free.add("nodeName"); // a pod is given its node once; Kubernetes' scheduler does it through pods/binding
        }
        Map<String, Object> fixed = Fields.without(spec.fields(), free);
        for (String list : List.of("containers", "initContainers")) {
            List<Tree> originals = before.trees(list);
            List<Object> containers = new ArrayList<>();
            List<Tree> current = spec.trees(list);
            for (int i = 0; i < current.size(); i++) {
                Map<String, Object> container = Fields.without(current.get(i).fields(), Set.of("image"));
                container.put("image", originals.get(i).text("image", ""));
                containers.add(container);
            }
            fixed.put(list, containers);
        }
        if (before.whole("terminationGracePeriodSeconds", 0) < 0
                && spec.whole("terminationGracePeriodSeconds", 0) == 1) {
            fixed.put("terminationGracePeriodSeconds", before.whole("terminationGracePeriodSeconds", 0));
        }
        return fixed;
    }

    /** The {@code PodTemplateSpec} at {@code path}. */
    static List<Invalid> template(Tree template, String path) {
        Tree meta = template.tree("metadata");
        Errors errors = new Errors();
        errors.addAll(MetaValidation.labels(meta.textMap("labels"), path + ".labels"));
        errors.addAll(MetaValidation.annotations(meta.textMap("annotations"), path + ".annotations"));
        errors.addAll(spec(template.tree("spec"), path + ".spec"));
        if (!template.tree("spec").trees("ephemeralContainers").isEmpty()) {
            errors.forbidden(path + ".spec.ephemeralContainers", "ephemeral containers not allowed in pod template");
        }
        return errors.list();
    }
}
