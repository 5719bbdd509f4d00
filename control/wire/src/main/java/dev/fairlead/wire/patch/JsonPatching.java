// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.Null;
import dev.fairlead.wire.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One applying of a JSON patch, on a copy of the object that it owns. */
final class JsonPatching {
    private static final String END = "-";

    private Object root;
    private long copied;

    JsonPatching(Map<String, Object> object) {
        root = Copy.of(object);
    }

    @SuppressWarnings("unchecked") // keys of a value tree are strings
    Map<String, Object> all(List<JsonPatch.Operation> operations) {
        for (JsonPatch.Operation operation : operations) {
            one(operation);
        }
        Object result = Copy.withoutNulls(root);
        if (!(result instanceof Map<?, ?> object)) {
            throw PatchException.misfit("", "the patch leaves no object");
        }
        return (Map<String, Object>) object;
    }

    private void one(JsonPatch.Operation operation) {
        Pointer path = operation.path();
        switch (operation.verb()) {
            case ADD -> add(path, given(operation));
            case REMOVE -> remove(path);
            case REPLACE -> replace(path, given(operation));
            case MOVE -> move(source(operation), path);
            case COPY -> {
                Object value = Copy.of(at(source(operation)));
                copied += Json.write(value).length;
                if (copied > JsonPatch.MOST_COPIED) {
                    throw new PatchException(
                            PatchException.Sort.TOO_LARGE,
                            path.toString(),
                            "copy operations add more than " + JsonPatch.MOST_COPIED + " bytes");
                }
                add(path, value);
            }
            case TEST -> test(path, given(operation));
        }
    }

    private static Object given(JsonPatch.Operation operation) {
        Object value = operation.value();
        return value == null ? Null.NULL : Copy.of(value);
    }

    private static Pointer source(JsonPatch.Operation operation) {
        Pointer from = operation.from();
        if (from == null) {
            throw new IllegalStateException("an operation without its source");
        }
        return from;
    }

    private void move(Pointer from, Pointer to) {
        if (from.contains(to) && !from.equals(to)) {
            throw PatchException.misfit(to, "an object cannot move into itself");
        }
        Object value = at(from);
        remove(from);
        add(to, value);
    }

    private void test(Pointer path, Object expected) {
        Object found = find(path);
        if (!JsonPatch.same(found, expected)) {
            throw PatchException.misfit(
                    path, "test failed: expected " + Json.describe(expected) + ", found " + Json.describe(found));
        }
    }

    private void add(Pointer path, Object value) {
        if (path.steps().isEmpty()) {
            root = value;
            return;
        }
        String last = path.steps().getLast();
        switch (parent(path)) {
            case Map<?, ?> map -> fields(map).put(last, value);
            case List<?> list ->
                items(list).add(last.equals(END) ? list.size() : index(path, last, list.size()), value);
            default -> throw nothingThere(path);
        }
    }

    private void remove(Pointer path) {
        at(path);
        if (path.steps().isEmpty()) {
            root = Null.NULL;
            return;
        }
        String last = path.steps().getLast();
        switch (parent(path)) {
            case Map<?, ?> map -> map.remove(last);
            case List<?> list -> list.remove(index(path, last, list.size() - 1));
            default -> throw nothingThere(path);
        }
    }

    private void replace(Pointer path, Object value) {
        at(path);
        if (path.steps().isEmpty()) {
            root = value;
            return;
        }
        String last = path.steps().getLast();
        switch (parent(path)) {
            case Map<?, ?> map -> fields(map).put(last, value);
            case List<?> list -> items(list).set(index(path, last, list.size() - 1), value);
            default -> throw nothingThere(path);
        }
    }

    private Object parent(Pointer path) {
        return at(new Pointer(path.steps().subList(0, path.steps().size() - 1)));
    }

    private Object at(Pointer path) {
        Object found = find(path);
        if (found == null) {
            throw nothingThere(path);
        }
        return found;
    }

    private @Nullable Object find(Pointer path) {
        Object here = root;
        for (String step : path.steps()) {
            here = switch (here) {
                case Map<?, ?> map -> map.get(step);
                case List<?> list
                when isIndex(step) && Integer.parseInt(step) < list.size() -> list.get(Integer.parseInt(step));
                case null, default -> null;
            };
        }
        return here;
    }

    private static int index(Pointer path, String step, int greatest) {
        if (!isIndex(step) || Integer.parseInt(step) > greatest) {
            throw PatchException.misfit(path, "the list has no index " + step);
        }
        return Integer.parseInt(step);
    }

    private static boolean isIndex(String step) {
        return step.equals("0")
                || !step.isEmpty()
                        && step.length() < 9
                        && step.charAt(0) != '0'
                        && step.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static PatchException nothingThere(Pointer path) {
        return PatchException.misfit(path, "there is nothing at this path of the object");
    }

    @SuppressWarnings("unchecked") // keys of a value tree are strings
    private static Map<String, Object> fields(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    @SuppressWarnings("unchecked") // a value tree's list holds any values
    private static List<Object> items(List<?> list) {
        return (List<Object>) list;
    }
}
