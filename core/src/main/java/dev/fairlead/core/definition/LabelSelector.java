// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which objects, by their labels: all {@code matchLabels} are there with these values and all requirements hold. The empty
 * selector matches everything.
 *
 * @param requirements the {@code matchExpressions}
 */
public record LabelSelector(Map<String, String> matchLabels, List<Requirement> requirements) {
    /**
     * One expression over one label.
     *
     * @param values the allowed or forbidden values; empty for Exists and DoesNotExist
     */
    public record Requirement(String key, Operator operator, List<String> values) {
        /** Whether labels satisfy it. {@code NotIn} also holds for objects without the label. */
        public boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** The operators of expressions, in Kubernetes' spelling. */
    public enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist");

        private final String text;

        Operator(String text) {
            this.text = text;
        }

        /** How Kubernetes writes it. */
        public String text() {
            return text;
        }

        private static Operator read(String text) {
            for (Operator operator : values()) {
                if (operator.text.equals(text)) {
                    return operator;
                }
            }
            return EXISTS;
        }
    }

    /** The selector that asks for these labels. */
    public static LabelSelector of(Map<String, String> matchLabels) {
        return new LabelSelector(Map.copyOf(matchLabels), List.of());
    }

    /** Reads a validated {@code LabelSelector} object. */
    public static LabelSelector from(Tree selector) {
        return new LabelSelector(
                selector.textMap("matchLabels"),
                selector.trees("matchExpressions").stream()
                        .map(expression -> new Requirement(
                                expression.text("key", ""),
                                Operator.read(expression.text("operator", "")),
                                expression.texts("values")))
                        .toList());
    }

    /** Whether it asks for nothing, and so matches everything. */
    public boolean isEmpty() {
        return matchLabels.isEmpty() && requirements.isEmpty();
    }

    /** Whether an object with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        for (Map.Entry<String, String> wanted : matchLabels.entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        return requirements.stream().allMatch(requirement -> requirement.matches(labels));
    }

    /** As kubectl takes it: {@code tier=front,a in (x,y)}; empty for everything. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(matchLabels).forEach((key, value) -> parts.add(key + "=" + value));
        for (Requirement one : requirements) {
            String values = "(" + String.join(",", one.values()) + ")";
            parts.add(
                    switch (one.operator()) {
                        case IN -> one.key() + " in " + values;
                        case NOT_IN -> one.key() + " notin " + values;
                        case EXISTS -> one.key();
                        case DOES_NOT_EXIST -> "!" + one.key();
                    });
        }
        return String.join(",", parts);
    }
}
