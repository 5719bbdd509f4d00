// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.select;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses objects by their labels: all requirements must hold; none chooses everything.
 *
 * <pre>{@code LabelSelector.parse("app=web,tier in (a, b),!old,x!=1").matches(labels)}</pre>
 *
 * @param requirements what must hold, in the order given
 */
public record LabelSelector(List<Requirement> requirements) {
    /** Chooses everything. */
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    /** What a requirement asks of one label. */
    public enum Operator {
        /** The label is there with one of the values. */
        IN,
        /** The label is absent or has none of the values. */
        NOT_IN,
        /** The label is there. */
        EXISTS,
        /** The label is absent. */
        DOES_NOT_EXIST,
        /** The label is a whole number greater than the value. */
        GREATER,
        /** The label is a whole number less than the value. */
        LESS
    }

    /**
     * One requirement.
     *
     * @param key the label's name
     * @param operator what is asked
     * @param values for which values; empty for the operators about presence
     */
    public record Requirement(String key, Operator operator, List<String> values) {
        /** Whether {@code labels} satisfy this. */
        public boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER -> compare(value) > 0;
                case LESS -> compare(value) < 0;
            };
        }

        private int compare(@Nullable String value) {
            try {
                return value == null ? 0 : Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
            } catch (NumberFormatException noNumber) {
                return 0;
            }
        }

        @Override
        public String toString() {
            String sorted = values.size() == 1 ? values.getFirst() : String.join(",", new TreeSet<>(values));
            return switch (operator) {
                case IN -> values.size() == 1 ? key + "=" + sorted : key + " in (" + sorted + ")";
                case NOT_IN -> values.size() == 1 ? key + "!=" + sorted : key + " notin (" + sorted + ")";
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
                case GREATER -> key + ">" + sorted;
                case LESS -> key + "<" + sorted;
            };
        }
    }

    /**
     * The selector that {@code text} stands for, as in the query parameter {@code labelSelector}; empty chooses everything.
     *
     * @throws SelectorException when the text is no selector
     */
    public static LabelSelector parse(String text) {
        return text.isBlank() ? EVERYTHING : new LabelSelector(new SelectorParser(text).requirements());
    }

    /** The selector with exactly these labels, as in a Service's {@code spec.selector}; empty chooses everything. */
    public static LabelSelector of(Map<String, String> labels) {
        List<Requirement> requirements = new ArrayList<>(labels.size());
        labels.forEach((key, value) -> requirements.add(new Requirement(key, Operator.IN, List.of(value))));
        return new LabelSelector(List.copyOf(requirements));
    }

    /**
     * The selector of a field of type LabelSelector ({@code matchLabels}, {@code matchExpressions}); empty chooses
     * everything.
     *
     * @throws SelectorException when an expression has an operator nobody knows or lacks its values
     */
    public static LabelSelector of(Tree field) {
        List<Requirement> requirements = new ArrayList<>(of(field.textMap("matchLabels")).requirements);
        for (Tree expression : field.trees("matchExpressions")) {
            String name = expression.text("operator", "");
            Operator operator = switch (name) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default -> throw new SelectorException(name, "must be In, NotIn, Exists or DoesNotExist");
            };
            List<String> values = expression.texts("values");
            boolean valued = operator == Operator.IN || operator == Operator.NOT_IN;
            if (valued == values.isEmpty()) {
                throw new SelectorException(name, valued ? "needs values" : "takes no values");
            }
            requirements.add(new Requirement(expression.text("key", ""), operator, values));
        }
        return new LabelSelector(List.copyOf(requirements));
    }

    /** Whether an object with these labels is chosen. */
    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }
}
