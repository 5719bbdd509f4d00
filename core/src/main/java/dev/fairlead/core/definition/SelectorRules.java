// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;

/** What is wrong with a {@code LabelSelector}. */
final class SelectorRules {
    private SelectorRules() {}

    static List<Invalid> check(Tree selector, String path) {
        Errors errors = new Errors();
        errors.addAll(MetaValidation.labels(selector.textMap("matchLabels"), path + ".matchLabels"));
        List<Tree> expressions = selector.trees("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            expression(expressions.get(i), path + ".matchExpressions[" + i + "]", errors);
        }
        return errors.list();
    }

    private static void expression(Tree expression, String path, Errors errors) {
        List<String> values = expression.texts("values");
        String operator = expression.text("operator", "");
        switch (operator) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    errors.required(path + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    errors.forbidden(
                            path + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default -> errors.invalid(path + ".operator", operator, "not a valid selector operator");
        }
        String key = expression.text("key", "");
        errors.invalid(path + ".key", key, Names.qualified(key));
        for (int i = 0; i < values.size(); i++) {
            errors.invalid(path + ".values[" + i + "]", values.get(i), Names.labelValue(values.get(i)));
        }
    }
}
