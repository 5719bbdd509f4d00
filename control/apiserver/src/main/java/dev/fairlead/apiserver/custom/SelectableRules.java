// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.custom;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the fields of a definition that lists may be selected by: each is a text, number or truth of its schema. */
final class SelectableRules {
    private static final Set<String> TYPES = Set.of("string", "boolean", "integer");
    private static final int MOST = 8;

    private final String text;
    private final List<String> names = new ArrayList<>();
    private Tree schema;
    private int at;

    private SelectableRules(String text, Tree schema) {
        this.text = text;
        this.schema = schema;
    }

    /** What is wrong with {@code fields}, which stand at {@code path}, of a version that has {@code schema}. */
    static List<Invalid> check(List<Tree> fields, Tree schema, String path) {
        List<Invalid> errors = new ArrayList<>();
        Set<List<String>> unique = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            String at = path + "[" + i + "].jsonPath";
            String text = fields.get(i).text("jsonPath", "");
            if (text.isEmpty()) {
                errors.add(Invalid.required(at, ""));
                continue;
            }
            SelectableRules field = new SelectableRules(text, schema);
            String wrong = field.follow();
            if (wrong != null) {
                errors.add(Invalid.invalid(at, text, "is an invalid path: " + wrong));
                continue;
            }
            if (field.names.getFirst().equals("metadata")) {
                errors.add(Invalid.invalid(at, text, "must not point to fields in metadata"));
            }
            if (!TYPES.contains(field.schema.text("type", ""))) {
                errors.add(Invalid.invalid(
                        at,
                        text,
                        "must point to a field of type string, boolean or integer. Enum string fields and strings with"
                                + " formats are allowed."));
            }
            if (!unique.add(field.names)) {
                errors.add(Invalid.duplicate(at, text));
            }
        }
        if (unique.size() > MOST) {
            String detail = "must have at most " + MOST + " items";
            errors.add(new Invalid(path, Invalid.Kind.TOO_MANY, (long) unique.size(), detail));
        }
        return errors;
    }

    /** Goes down the schema along the path; why that cannot be done, or null. */
    private @Nullable String follow() {
        while (at < text.length()) {
            String delimiter = token();
            if (delimiter.equals("[")) {
                return "array notation is not allowed";
            }
            if (!delimiter.equals(".")) {
                return "expected [ or . but got: " + delimiter;
            }
            if (at == text.length()) {
                return "unexpected end of JSON path";
            }
            String name = token();
            Tree properties = schema.tree("properties");
            if (!properties.fields().isEmpty()) {
                if (!properties.has(name)) {
                    return "does not refer to a valid field";
                }
                schema = properties.tree(name);
            } else if (schema.value("additionalProperties") instanceof Map<?, ?>) {
                schema = schema.tree("additionalProperties");
            } else {
                return "does not refer to a valid field";
            }
            names.add(name);
        }
        return null;
    }

    /** The next dot or bracket, or what stands before the next one. */
    private String token() {
        int end = at;
        while (end < text.length() && ".[]".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String token = text.substring(at, Math.max(end, at + 1));
        at += token.length();
        return token;
    }
}
