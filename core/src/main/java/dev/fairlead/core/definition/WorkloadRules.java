// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/**
 * What is wrong with the selector and the template of what keeps pods.
 *
 * @param selecting whom a message about selectors names
 * @param keeping whom a message about the template names
 */
record WorkloadRules(String selecting, String keeping, Errors errors) {
    void selector(Tree spec) {
        if (!spec.has("selector")) {
            errors.required("spec.selector", "");
            return;
        }
        Tree selector = spec.tree("selector");
        errors.addAll(SelectorRules.check(selector, "spec.selector"));
        if (LabelSelector.from(selector).isEmpty()) {
            errors.invalid("spec.selector", selector.fields(), "empty selector is invalid for " + selecting);
        }
    }

    /** @param template the specification's, perhaps with what the controller adds to it */
    void template(Tree spec, Tree template) {
        Map<String, String> labels = template.tree("metadata").textMap("labels");
        LabelSelector selector = LabelSelector.from(spec.tree("selector"));
        if (!selector.isEmpty() && !selector.matches(labels)) {
            errors.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
        }
        errors.addAll(PodValidation.template(template, "spec.template"));
        String restart = template.tree("spec").text("restartPolicy", "");
        if (!restart.equals("Always")) {
            errors.add(Invalid.notSupported("spec.template.spec.restartPolicy", restart, List.of("Always")));
        }
        if (template.tree("spec").has("activeDeadlineSeconds")) {
            errors.forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in " + keeping + " is not Supported");
        }
    }
}
