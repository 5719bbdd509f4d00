// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import com.google.re2j.PatternSyntaxException;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a schema itself: whether it is structural, and whether its defaults obey it. */
public final class StructuralRules {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final List<String> LISTS = List.of("atomic", "map", "set");
    /** What only the structure may say, not the conditions within allOf, anyOf, oneOf and not. */
    private static final List<String> STRUCTURE_ONLY = List.of(
            "description",
            "type",
            "default",
            "additionalProperties",
            "nullable",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-list-type",
            "x-kubernetes-map-type");

    private final List<Invalid> errors = new ArrayList<>();

    private StructuralRules() {}

    /** What is wrong with the schema that stands at {@code path}. */
    public static List<Invalid> check(Tree schema, String path) {
        StructuralRules rules = new StructuralRules();
        if (!schema.text("type", "").equals("object")) {
            String type = schema.text("type", "");
            rules.errors.add(
                    type.isEmpty()
                            ? Invalid.required(path + ".type", "must not be empty at the root")
                            : Invalid.invalid(path + ".type", type, "must be object at the root"));
        }
        rules.structure(schema, path, true);
        if (rules.errors.isEmpty()) {
            rules.defaults(JsonSchema.of(schema.fields()), path);
        }
        return List.copyOf(rules.errors);
    }

    private void structure(Tree schema, String path, boolean root) {
        String type = schema.text("type", "");
        boolean free = schema.truth("x-kubernetes-int-or-string", false)
                || schema.truth("x-kubernetes-preserve-unknown-fields", false);
        if (type.isEmpty() && !free && !root) {
            errors.add(Invalid.required(path + ".type", "must not be empty for specified object fields"));
        } else if (!type.isEmpty() && !TYPES.contains(type)) {
            errors.add(Invalid.notSupported(path + ".type", type, TYPES));
        }
        if (schema.truth("x-kubernetes-int-or-string", false) && !type.isEmpty()) {
            errors.add(Invalid.invalid(path + ".type", type, "must be empty if x-kubernetes-int-or-string is true"));
        }
        if (schema.has("properties") && schema.value("additionalProperties") != null) {
            errors.add(Invalid.forbidden(
                    path + ".additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }
        if (Boolean.FALSE.equals(schema.value("additionalProperties"))) {
            errors.add(Invalid.forbidden(path + ".additionalProperties", "must not be false"));
        }
        for (String forbidden :
                List.of("$ref", "definitions", "dependencies", "patternProperties", "additionalItems")) {
            if (schema.has(forbidden)) {
                errors.add(Invalid.forbidden(path + "." + forbidden, forbidden + " is not supported"));
            }
        }
        if (schema.truth("uniqueItems", false)) {
            errors.add(Invalid.forbidden(
                    path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        if (root && schema.value("additionalProperties") != null) {
            errors.add(Invalid.forbidden(path + ".additionalProperties", "must not be used at the root"));
        }
        if (schema.truth("x-kubernetes-embedded-resource", false)) {
            embedded(schema, type, path);
            identity(schema, path);
        } else if (root) {
            identity(schema, path);
        }
        if (root && !restrictsNamesOnly(schema.tree("properties").tree("metadata"))) {
            errors.add(Invalid.forbidden(
                    path + ".properties[metadata]",
                    "must not specify anything other than name and generateName, but metadata is implicitly"
                            + " specified"));
        }
        values(schema, path);
        list(schema, type, path);
        within(schema, path);
    }

    /** What holds a whole object must be one, and say of what. */
    private void embedded(Tree schema, String type, String path) {
        if (!type.equals("object")) {
            String wanted = "must be object if x-kubernetes-embedded-resource is true";
            errors.add(
                    type.isEmpty()
                            ? Invalid.required(path + ".type", wanted)
                            : Invalid.invalid(path + ".type", type, wanted));
        }
        if (schema.value("additionalProperties") != null) {
            errors.add(Invalid.forbidden(
                    path + ".additionalProperties", "must not be used if x-kubernetes-embedded-resource is set"));
        }
        if (!schema.truth("x-kubernetes-preserve-unknown-fields", false)
                && schema.tree("properties").fields().isEmpty()) {
            errors.add(Invalid.required(
                    path + ".properties",
                    "must not be empty if x-kubernetes-embedded-resource is true without"
                            + " x-kubernetes-preserve-unknown-fields"));
        }
    }

    /** The fields that every object has are of the types they always are. */
    private void identity(Tree schema, String path) {
        Tree properties = schema.tree("properties");
        for (String name : List.of("kind", "apiVersion", "metadata")) {
            String wanted = name.equals("metadata") ? "object" : "string";
            String type = properties.tree(name).text("type", "");
            if (properties.has(name) && !type.equals(wanted)) {
                errors.add(Invalid.invalid(path + ".properties[" + name + "].type", type, "must be " + wanted));
            }
        }
    }

    /** Whether a schema of metadata says no more than what names may be: all else is the API's to say. */
    private static boolean restrictsNamesOnly(Tree metadata) {
        for (Map.Entry<String, Object> entry : metadata.fields().entrySet()) {
            boolean may = switch (entry.getKey()) {
                case "type", "default", "example", "externalDocs" -> true;
                case "properties" ->
                    Set.of("name", "generateName")
                            .containsAll(Tree.of(entry.getValue()).fields().keySet());
                default -> saysNothing(entry.getValue());
            };
            if (!may) {
                return false;
            }
        }
        return true;
    }

    /** Whether a value of a schema says as much as none. */
    private static boolean saysNothing(Object value) {
        return value.equals(false)
                || value.equals("")
                || value instanceof List<?> list && list.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
    }

    private void within(Tree schema, String path) {
        schema.tree("properties")
                .fields()
                .forEach((name, property) -> structure(Tree.of(property), path + ".properties[" + name + "]", false));
        if (schema.value("additionalProperties") instanceof Map<?, ?>) {
            structure(schema.tree("additionalProperties"), path + ".additionalProperties", false);
        }
        if (schema.value("items") instanceof Map<?, ?>) {
            structure(schema.tree("items"), path + ".items", false);
        } else if (schema.value("items") != null) {
            errors.add(Invalid.forbidden(path + ".items", "items must be a schema object and not an array"));
        }
        boolean intOrString = schema.truth("x-kubernetes-int-or-string", false);
        for (String each : List.of("allOf", "anyOf", "oneOf")) {
            List<Tree> conditions = schema.trees(each);
            for (int i = 0; i < conditions.size(); i++) {
                condition(conditions.get(i), path + "." + each + "[" + i + "]", intOrString);
            }
        }
        if (schema.has("not")) {
            condition(schema.tree("not"), path + ".not", intOrString);
        }
    }

    /** Schemas that only judge; those of an int-or-string may name the two types. */
    private void condition(Tree schema, String path, boolean mayHaveType) {
        for (String name : STRUCTURE_ONLY) {
            if (schema.has(name) && !(mayHaveType && name.equals("type"))) {
                errors.add(Invalid.forbidden(path + "." + name, "must be empty to be structural"));
            }
        }
        if (schema.tree("properties").has("metadata")) {
            errors.add(Invalid.forbidden(path + ".properties[metadata]", "must not be specified in a nested context"));
        }
        values(schema, path);
        schema.tree("properties")
                .fields()
                .forEach((name, property) ->
                        condition(Tree.of(property), path + ".properties[" + name + "]", mayHaveType));
        if (schema.value("items") instanceof Map<?, ?>) {
            condition(schema.tree("items"), path + ".items", mayHaveType);
        }
        for (String each : List.of("allOf", "anyOf", "oneOf")) {
            List<Tree> conditions = schema.trees(each);
            for (int i = 0; i < conditions.size(); i++) {
                condition(conditions.get(i), path + "." + each + "[" + i + "]", mayHaveType);
            }
        }
        if (schema.has("not")) {
            condition(schema.tree("not"), path + ".not", mayHaveType);
        }
    }

    private void values(Tree schema, String path) {
        String pattern = schema.text("pattern", "");
        try {
            GoPattern.compile(pattern);
        } catch (PatternSyntaxException broken) {
            errors.add(Invalid.invalid(
                    path + ".pattern",
                    pattern,
                    "must be a valid regular expression, but isn't: " + broken.getMessage()));
        }
    }

    private void list(Tree schema, String type, String path) {
        if (type.equals("array") && schema.value("items") == null) {
            errors.add(Invalid.required(path + ".items", "must be specified"));
        }
        String list = schema.text("x-kubernetes-list-type", "");
        List<String> keys = schema.texts("x-kubernetes-list-map-keys");
        if (!list.isEmpty() && !LISTS.contains(list)) {
            errors.add(Invalid.notSupported(path + ".x-kubernetes-list-type", list, LISTS));
        }
        if (!list.isEmpty() && !type.equals("array")) {
            errors.add(
                    type.isEmpty()
                            ? Invalid.required(path + ".type", "must be array if x-kubernetes-list-type is specified")
                            : Invalid.invalid(
                                    path + ".type", type, "must be array if x-kubernetes-list-type is specified"));
        }
        if (list.equals("map")) {
            if (keys.isEmpty()) {
                errors.add(Invalid.required(
                        path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
            }
            Tree items = schema.tree("items");
            for (int i = 0; i < keys.size(); i++) {
                key(items, keys.get(i), path, i);
            }
        } else if (!keys.isEmpty()) {
            errors.add(Invalid.invalid(
                    path + ".x-kubernetes-list-type", list, "must be map if x-kubernetes-list-map-keys is non-empty"));
        }
    }

    private void key(Tree items, String key, String path, int index) {
        Tree property = items.tree("properties").tree(key);
        if (!items.tree("properties").has(key)) {
            errors.add(Invalid.invalid(
                    path + ".x-kubernetes-list-map-keys[" + index + "]",
                    key,
                    "entries must all be names of item properties"));
        } else if (!items.texts("required").contains(key) && !property.has("default")) {
            errors.add(Invalid.required(
                    path + ".items.properties[" + key + "].default",
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required"
                            + " property"));
        }
    }

    /** Defaults must be what they would be of, complete and without unknown fields. */
    private void defaults(JsonSchema schema, String path) {
        Object value = schema.rules().value("default");
        if (value != null) {
            if (!Pruning.value(schema, value).equals(value)) {
                errors.add(Invalid.invalid(path + ".default", value, "must not have unknown fields"));
            }
            Object complete = Defaulting.value(schema, value);
            for (Invalid each : Validation.checkValue(schema, complete, FieldPath.ROOT)) {
                String within = each.path().isEmpty() || each.path().startsWith("<") ? "" : "." + each.path();
                errors.add(new Invalid(path + ".default" + within, each.kind(), each.value(), each.detail()));
            }
        }
        schema.properties().forEach((name, property) -> defaults(property, path + ".properties[" + name + "]"));
        if (schema.items() != null) {
            defaults(schema.items(), path + ".items");
        }
        if (schema.additional() != null && schema.additional() != JsonSchema.ANYTHING) {
            defaults(schema.additional(), path + ".additionalProperties");
        }
    }
}
