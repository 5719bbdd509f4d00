// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import com.google.re2j.PatternSyntaxException;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structural schema, read from its tree. What decides where fields begin and end is taken apart; the rules about single
 * values stay in {@link #rules} and are read where they are asked.
 */
public final class JsonSchema {
    /** Allows everything. */
    public static final JsonSchema ANYTHING =
            new JsonSchema(new Tree(Map.of("x-kubernetes-preserve-unknown-fields", true)));

    private final Tree rules;
    private final Map<String, JsonSchema> properties;
    private final @Nullable JsonSchema items;
    private final @Nullable JsonSchema additional;
    private final List<JsonSchema> allOf;
    private final List<JsonSchema> anyOf;
    private final List<JsonSchema> oneOf;
    private final @Nullable JsonSchema not;
    private final @Nullable GoPattern pattern;
    private final boolean defaults;

    private JsonSchema(Tree rules) {
        this.rules = rules;
        properties = new LinkedHashMap<>();
        rules.tree("properties").fields().forEach((name, schema) -> properties.put(name, of(schema)));
        items = rules.value("items") instanceof Map<?, ?> map ? of(map) : null;
        additional = switch (rules.value("additionalProperties")) {
            case Map<?, ?> map -> of(map);
            case Boolean all when all -> ANYTHING;
            case null, default -> null;
        };
        allOf = all(rules, "allOf");
        anyOf = all(rules, "anyOf");
        oneOf = all(rules, "oneOf");
        not = rules.value("not") instanceof Map<?, ?> map ? of(map) : null;
        pattern = compiled(rules.text("pattern", ""));
        defaults = rules.value("default") != null
                || properties.values().stream().anyMatch(JsonSchema::hasDefaults)
                || items != null && items.defaults
                || additional != null && additional.defaults;
    }

    /** The schema in a tree; what is no object allows what an empty one does. */
    public static JsonSchema of(@Nullable Object tree) {
        return new JsonSchema(Tree.of(tree));
    }

    private static List<JsonSchema> all(Tree rules, String name) {
        List<JsonSchema> all = new ArrayList<>();
        rules.trees(name).forEach(each -> all.add(new JsonSchema(each)));
        return List.copyOf(all);
    }

    /** Null: none, or not a pattern. */
    private static @Nullable GoPattern compiled(String text) {
        try {
            return text.isEmpty() ? null : GoPattern.compile(text);
        } catch (PatternSyntaxException refusedElsewhere) {
            return null;
        }
    }

    /** All that it says, as it was written. */
    public Tree rules() {
        return rules;
    }

    /** {@code object}, {@code array}, {@code string}, {@code integer}, {@code number}, {@code boolean}; empty: any. */
    public String type() {
        return rules.text("type", "");
    }

    /** The fields that have schemas of their own. */
    public Map<String, JsonSchema> properties() {
        return properties;
    }

    /** What items of a list have to be; null: anything. */
    public @Nullable JsonSchema items() {
        return items;
    }

    /** What fields without schemas of their own have to be; null: nothing is said. */
    public @Nullable JsonSchema additional() {
        return additional;
    }

    List<JsonSchema> allOf() {
        return allOf;
    }

    List<JsonSchema> anyOf() {
        return anyOf;
    }

    List<JsonSchema> oneOf() {
        return oneOf;
    }

    @Nullable
    JsonSchema not() {
        return not;
    }

    @Nullable
    GoPattern pattern() {
        return pattern;
    }

    /** Whether there is a default in it anywhere. */
    public boolean hasDefaults() {
        return defaults;
    }

    /** Whether fields that it does not name are kept. */
    public boolean preserves() {
        return rules.truth("x-kubernetes-preserve-unknown-fields", false);
    }

    /** Whether the value is a whole object of some kind. */
    public boolean embedsObject() {
        return rules.truth("x-kubernetes-embedded-resource", false);
    }

    /** Whether the value is a whole number or a text. */
    public boolean isIntOrString() {
        return rules.truth("x-kubernetes-int-or-string", false);
    }

    /** {@code atomic}, {@code set}, {@code map}; empty: atomic. */
    public String listType() {
        return rules.text("x-kubernetes-list-type", "");
    }

    /** The fields that tell items apart in a list of type {@code map}. */
    public List<String> listKeys() {
        return rules.texts("x-kubernetes-list-map-keys");
    }

    /** Whether an object is joined as one value. */
    public boolean isAtomic() {
        return rules.text("x-kubernetes-map-type", "").equals("atomic");
    }

    /** The schema of the field {@code name} of an object; null when nothing is said of it. */
    public @Nullable JsonSchema field(String name) {
        JsonSchema own = properties.get(name);
        return own != null ? own : additional;
    }
}
