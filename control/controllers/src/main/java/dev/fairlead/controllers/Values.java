// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.LabelSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small value trees that controllers write. */
public final class Values {
    private Values() {}

    /** An object of these fields in this order: name, value, name, value … */
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    /** A selector, as objects carry it. */
    public static Map<String, Object> selector(LabelSelector selector) {
        Map<String, Object> tree = object("matchLabels", new LinkedHashMap<>(selector.matchLabels()));
        List<Object> expressions = new ArrayList<>();
        for (LabelSelector.Requirement requirement : selector.requirements()) {
            Map<String, Object> one = object(
                    "key", requirement.key(), "operator", requirement.operator().text());
            if (!requirement.values().isEmpty()) {
                one.put("values", new ArrayList<>(requirement.values()));
            }
            expressions.add(one);
        }
        if (!expressions.isEmpty()) {
            tree.put("matchExpressions", expressions);
        }
        return tree;
    }

    /** Conditions, as statuses carry them. */
    public static List<Object> conditions(List<Condition> conditions) {
        List<Object> trees = new ArrayList<>();
        conditions.forEach(condition -> trees.add(condition.tree()));
        return trees;
    }
}
