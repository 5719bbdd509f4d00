// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.FieldPath;
import dev.fairlead.wire.Null;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * RFC 6902: a list of operations, all of them or none.
 *
 * @param operations in the order they are done, at most {@value #MOST_OPERATIONS}
 */
public record JsonPatch(List<Operation> operations) implements Patch {
    /** As many operations as Kubernetes takes. */
    public static final int MOST_OPERATIONS = 10_000;

    /** How much {@code copy} operations may add in all, in bytes of JSON: Kubernetes' limit. */
    static final int MOST_COPIED = 3 << 20;

    private static final Set<String> FIELDS = Set.of("op", "path", "from", "value");

    /** What an operation does. */
    public enum Verb {
        /** Sets a field or inserts an item. */
        ADD,
        /** Removes what is there. */
        REMOVE,
        /** Sets what is there. */
        REPLACE,
        /** Removes from one place and adds at another. */
        MOVE,
        /** Adds at one place what is at another. */
        COPY,
        /** Fails unless the value is there. */
        TEST
    }

    /**
     * One operation.
     *
     * @param verb what to do
     * @param path where
     * @param from whence, for move and copy; else null
     * @param value what, for add, replace and test; else null
     */
    public record Operation(
            Verb verb,
            Pointer path,
            @Nullable Pointer from,
            @Nullable Object value) {}

    /** The patch that {@code value}, as read with nulls kept, stands for. */
    static JsonPatch of(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw PatchException.malformed("", "a JSON patch is a list of operations, got " + Json.describe(value));
        }
        if (list.size() > MOST_OPERATIONS) {
            throw new PatchException(
                    PatchException.Sort.TOO_LARGE,
                    "",
                    "The allowed maximum operations in a JSON patch is " + MOST_OPERATIONS + ", got " + list.size());
        }
        List<Operation> operations = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            operations.add(operation(list.get(i), "operation " + i));
        }
        return new JsonPatch(operations);
    }

    /** What is odd about a patch that {@link #of} took: fields given twice or that no operation has. */
    static List<Problem> problems(Json.Read read) {
        List<Problem> problems = new ArrayList<>(read.duplicates());
        List<?> list = read.value() instanceof List<?> operations ? operations : List.of();
        for (int i = 0; i < list.size(); i++) {
            FieldPath at = FieldPath.ROOT.item(i);
            if (list.get(i) instanceof Map<?, ?> operation) {
                for (Object key : operation.keySet()) {
                    String name = (String) key;
                    if (!FIELDS.contains(name)) {
                        problems.add(Problem.unknown(at.field(name)));
                    }
                }
            }
        }
        return problems.stream()
                .map(each -> new Problem(each.path(), each.sort(), "json patch " + each.message()))
                .toList();
    }

    private static Operation operation(Object item, String where) {
        if (!(item instanceof Map<?, ?> map)) {
            throw PatchException.malformed(where, "expected an object, got " + Json.describe(item));
        }
        Verb verb = switch (String.valueOf(map.get("op"))) {
            case "add" -> Verb.ADD;
            case "remove" -> Verb.REMOVE;
            case "replace" -> Verb.REPLACE;
            case "move" -> Verb.MOVE;
            case "copy" -> Verb.COPY;
            case "test" -> Verb.TEST;
            case null, default ->
                throw PatchException.malformed(
                        where,
                        "op must be add, remove, replace, move, copy or test, got " + Json.describe(map.get("op")));
        };
        boolean two = verb == Verb.MOVE || verb == Verb.COPY;
        boolean valued = verb == Verb.ADD || verb == Verb.REPLACE || verb == Verb.TEST;
        if (valued && !map.containsKey("value")) {
            throw PatchException.malformed(where, "value is missing");
        }
        return new Operation(
                verb,
                pointer(map, "path", where),
                two ? pointer(map, "from", where) : null,
                valued ? map.get("value") : null);
    }

    private static Pointer pointer(Map<?, ?> operation, String name, String where) {
        if (!(operation.get(name) instanceof String text)) {
            throw PatchException.malformed(where, name + " is missing");
        }
        return Pointer.parse(text);
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> object) {
        return new JsonPatching(object).all(operations);
    }

    /** Whether {@code value} and {@code other} are the same JSON value; numbers are compared by value. */
    static boolean same(@Nullable Object value, @Nullable Object other) {
        if (value instanceof Number a && other instanceof Number b) {
            return a.equals(b) || a.doubleValue() == b.doubleValue();
        }
        if (value instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            return a.size() == b.size()
                    && a.entrySet().stream()
                            .allMatch(entry ->
                                    b.containsKey(entry.getKey()) && same(entry.getValue(), b.get(entry.getKey())));
        }
        if (value instanceof List<?> a && other instanceof List<?> b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = same(a.get(i), b.get(i));
            }
            return same;
        }
        Object left = value == null ? Null.NULL : value;
        return left.equals(other == null ? Null.NULL : other);
    }
}
