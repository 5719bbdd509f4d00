// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.select;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses objects by the values of fields, compared as text; an absent field is the empty text. Which fields a kind can be
 * chosen by is for the server to say.
 *
 * <pre>{@code FieldSelector.parse("metadata.name=web,spec.clusterIP!=None").matches(tree)}</pre>
 *
 * @param terms what must hold, in the order given; none chooses everything
 */
public record FieldSelector(List<Term> terms) {
    /** Chooses everything. */
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    /**
     * One comparison.
     *
     * @param path the field, names joined by dots
     * @param equal whether the field must have the value or must not
     * @param value the value
     */
    public record Term(String path, boolean equal, String value) {
        @Override
        public String toString() {
            return path + (equal ? "=" : "!=") + escaped(value);
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
        }
    }

    /**
     * The selector that {@code text} stands for, as in the query parameter {@code fieldSelector}. In values a backslash stands
     * before {@code , = \}.
     *
     * @throws SelectorException when a term is no {@code field=value}, {@code field==value} or {@code field!=value}
     */
    public static FieldSelector parse(String text) {
        List<Term> terms = new ArrayList<>();
        for (String term : split(text)) {
            if (!term.isEmpty()) {
                terms.add(term(text, term));
            }
        }
        return new FieldSelector(List.copyOf(terms));
    }

    private static List<String> split(String text) {
        List<String> terms = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                terms.add(text.substring(from, i));
                from = i + 1;
            }
        }
        terms.add(text.substring(from));
        return terms;
    }

    private static Term term(String text, String term) {
        int at = term.indexOf('=');
        if (at <= 0 || term.startsWith("!=")) {
            throw new SelectorException(text, "expected field=value or field!=value, found \"" + term + "\"");
        }
        boolean equal = term.charAt(at - 1) != '!';
        String path = term.substring(0, equal ? at : at - 1).trim();
        int value = at + (equal && term.startsWith("==", at) ? 2 : 1);
        return new Term(path, equal, unescaped(text, term.substring(value)));
    }

    private static String unescaped(String text, String value) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
                    throw new SelectorException(text, "a backslash stands before a comma, = or another backslash only");
                }
            } else if (c == '=') {
                throw new SelectorException(text, "write = in a value as \\=");
            }
            plain.append(value.charAt(i));
        }
        return plain.toString();
    }

    /** Whether {@code object} is chosen. */
    public boolean matches(Tree object) {
        return matches(path -> text(object, path));
    }

    /** Whether an object is chosen of which {@code field} gives the texts, null for absent. */
    public boolean matches(Function<String, @Nullable String> field) {
        for (Term term : terms) {
            String value = field.apply(term.path);
            if (term.value.equals(value == null ? "" : value) != term.equal) {
                return false;
            }
        }
        return true;
    }

    /** The value that the field {@code path} must have, or null when none is required. */
    public @Nullable String required(String path) {
        for (Term term : terms) {
            if (term.equal && term.path.equals(path)) {
                return term.value;
            }
        }
        return null;
    }

    private static @Nullable String text(Tree object, String path) {
        Tree at = object;
        int from = 0;
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
            at = at.tree(path.substring(from, dot));
            from = dot + 1;
        }
        Object value = at.value(path.substring(from));
        return value == null ? null : value.toString();
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return terms.stream().map(Term::toString).collect(Collectors.joining(","));
    }
}
