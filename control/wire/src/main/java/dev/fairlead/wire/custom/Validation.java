// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds an object against its schema. What an update leaves as it was is not judged again (ratcheting, KEP-4008): an object
 * that was stored before its schema became stricter can still be changed elsewhere.
 *
 * <p>Rules in {@code x-kubernetes-validations} are not run.
 */
public final class Validation {
    /** Where Kubernetes says that combinations of schemas fail: it does not know the place any more. */
    private static final String NOWHERE = "<nil>";

    private final List<Invalid> errors = new ArrayList<>();
    private final Matching matching;

    private Validation(Matching matching) {
        this.matching = matching;
    }

    /**
     * What is wrong with an object.
     *
     * @param old what it replaces; null when it is new
     */
    public static List<Invalid> check(
            JsonSchema schema, Map<String, Object> object, @Nullable Map<String, Object> old) {
        Map<String, Object> own = new LinkedHashMap<>(object);
        own.remove("metadata");
        Map<String, Object> before = null;
        if (old != null) {
            before = new LinkedHashMap<>(old);
            before.remove("metadata");
        }
        return all(schema, own, before, FieldPath.ROOT);
    }

    /** What is wrong with a value at {@code path}. */
    static List<Invalid> checkValue(JsonSchema schema, Object value, FieldPath path) {
        return all(schema, value, null, path);
    }

    private static List<Invalid> all(JsonSchema schema, Object value, @Nullable Object old, FieldPath path) {
        Validation validation = new Validation(new Matching());
        try {
            validation.value(schema, value, old, path);
        } catch (Matching.GivenUp unknown) {
            validation.add(unknown.error()); // whatever it was a part of, `not` for one
        }
        return List.copyOf(validation.errors);
    }

    /** What one of several schemas has against a value. */
    private List<Invalid> part(JsonSchema schema, Object value, FieldPath path) {
        Validation validation = new Validation(matching);
        validation.value(schema, value, null, path);
        return validation.errors;
    }

    private void value(JsonSchema schema, Object value, @Nullable Object old, FieldPath path) {
        if (value.equals(old) || !type(schema, value, path)) {
            return;
        }
        List<?> allowed = schema.rules().value("enum") instanceof List<?> list ? list : List.of();
        if (!allowed.isEmpty() && allowed.stream().noneMatch(each -> same(each, value))) {
            add(Invalid.notSupported(
                    path.toString(),
                    value,
                    allowed.stream().map(String::valueOf).toList()));
        }
        switch (value) {
            case Map<?, ?> map -> object(schema, map, old instanceof Map<?, ?> before ? before : null, path);
            case List<?> list -> list(schema, list, path);
            case String text -> errors.addAll(Scalars.text(schema, text, path, matching));
            case Number number -> errors.addAll(Scalars.number(schema, number, path));
            default -> {}
        }
        combinations(schema, value, path);
    }

    private boolean type(JsonSchema schema, Object value, FieldPath path) {
        String found = Scalars.type(value);
        if (schema.isIntOrString()) {
            return found.equals("integer") || found.equals("string") || wrongType(path, "integer,string", found);
        }
        String wanted = schema.type();
        boolean fits = wanted.isEmpty() || wanted.equals(found) || wanted.equals("number") && found.equals("integer");
        return fits || wrongType(path, wanted, found);
    }

    private boolean wrongType(FieldPath path, String wanted, String found) {
        String text = Scalars.inBody(path) + " must be of type " + wanted + ": \"" + found + "\"";
        add(new Invalid(path.toString(), Invalid.Kind.TYPE_INVALID, found, text));
        return false;
    }

    private void object(JsonSchema schema, Map<?, ?> map, @Nullable Map<?, ?> old, FieldPath path) {
        for (String name : schema.rules().texts("required")) {
            if (!map.containsKey(name) && !(path.parent() == null && name.equals("metadata"))) {
                add(Invalid.required(path.field(name).toString(), ""));
            }
        }
        if (schema.embedsObject()) {
            for (String name : List.of("apiVersion", "kind")) {
                if (!(map.get(name) instanceof String text) || text.isEmpty()) {
                    add(Invalid.required(path.field(name).toString(), "must not be empty"));
                }
            }
        }
        count(schema, map.size(), path);
        map.forEach((key, value) -> {
            JsonSchema field = schema.field((String) key);
            if (field != null) {
                value(field, value, old == null ? null : old.get(key), path.field((String) key));
            }
        });
    }

    private void count(JsonSchema schema, int fields, FieldPath path) {
        Long most = whole(schema, "maxProperties");
        if (most != null && fields > most) {
            tooMany(path, fields, most);
        }
        Long least = whole(schema, "minProperties");
        if (least != null && fields < least) {
            add(Invalid.invalid(
                    path.toString(),
                    (long) fields,
                    Scalars.inBody(path) + " should have at least " + least + " properties"));
        }
    }

    private void list(JsonSchema schema, List<?> list, FieldPath path) {
        Long most = whole(schema, "maxItems");
        if (most != null && list.size() > most) {
            tooMany(path, list.size(), most);
        }
        Long least = whole(schema, "minItems");
        if (least != null && list.size() < least) {
            add(Invalid.invalid(
                    path.toString(),
                    (long) list.size(),
                    Scalars.inBody(path) + " should have at least " + least + " items"));
        }
        if (schema.rules().truth("uniqueItems", false) && new HashSet<>(list).size() < list.size()) {
            add(Invalid.invalid(path.toString(), list, Scalars.inBody(path) + " shouldn't contain duplicates"));
        }
        duplicates(schema, list, path);
        JsonSchema items = schema.items();
        for (int i = 0; items != null && i < list.size(); i++) {
            value(items, list.get(i), null, path.item(i));
        }
    }

    private void duplicates(JsonSchema schema, List<?> list, FieldPath path) {
        boolean set = schema.listType().equals("set");
        if (!set && !schema.listType().equals("map")) {
            return;
        }
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            Object identity = set ? list.get(i) : keys(schema, list.get(i));
            if (!seen.add(identity)) {
                add(Invalid.duplicate(path.item(i).toString(), identity));
            }
        }
    }

    private static Object keys(JsonSchema schema, Object item) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (String key : schema.listKeys()) {
            Object value = item instanceof Map<?, ?> map ? map.get(key) : null;
            if (value != null) {
                keys.put(key, value);
            }
        }
        return keys;
    }

    private void combinations(JsonSchema schema, Object value, FieldPath path) {
        for (JsonSchema each : schema.allOf()) {
            List<Invalid> wrong = part(each, value, path);
            errors.addAll(wrong);
            if (!wrong.isEmpty()) {
                combined(path, "must validate all the schemas (allOf)");
            }
        }
        if (!schema.anyOf().isEmpty()) {
            some(schema.anyOf(), value, path, "must validate at least one schema (anyOf)", false);
        }
        if (!schema.oneOf().isEmpty()) {
            some(schema.oneOf(), value, path, "must validate one and only one schema (oneOf). Found none valid", true);
        }
        JsonSchema not = schema.not();
        if (not != null && part(not, value, path).isEmpty()) {
            combined(path, "must not validate the schema (not)");
        }
    }

    private void some(List<JsonSchema> schemas, Object value, FieldPath path, String none, boolean one) {
        List<Invalid> best = null;
        int valid = 0;
        for (JsonSchema each : schemas) {
            List<Invalid> wrong = part(each, value, path);
            valid += wrong.isEmpty() ? 1 : 0;
            best = best == null || wrong.size() < best.size() ? wrong : best;
        }
        if (valid == 0) {
            combined(path, none);
            errors.addAll(best == null ? List.of() : best);
        } else if (one && valid > 1) {
            combined(path, "must validate one and only one schema (oneOf). Found " + valid + " valid alternatives");
        }
    }

    private void combined(FieldPath path, String what) {
        add(Invalid.invalid(NOWHERE, "", "\"" + path + "\" " + what));
    }

    private void tooMany(FieldPath path, int count, long most) {
        add(new Invalid(path.toString(), Invalid.Kind.TOO_MANY, (long) count, "must have at most " + most + " items"));
    }

    private void add(Invalid error) {
        errors.add(error);
    }

    private static @Nullable Long whole(JsonSchema schema, String rule) {
        return schema.rules().value(rule) instanceof Number number ? Long.valueOf(number.longValue()) : null;
    }

    private static boolean same(Object one, Object other) {
        return one.equals(other)
                || one instanceof Number a && other instanceof Number b && a.doubleValue() == b.doubleValue();
    }
}
