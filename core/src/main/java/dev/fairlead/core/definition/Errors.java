// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The errors found so far. Messages that repeat are kept once, as Kubernetes reports them. */
final class Errors {
    private final Set<Invalid> found = new LinkedHashSet<>();

    /** Everything found, in order. */
    List<Invalid> list() {
        return List.copyOf(found);
    }

    /** Whether nothing was found. */
    boolean isEmpty() {
        return found.isEmpty();
    }

    Errors add(Invalid error) {
        found.add(error);
        return this;
    }

    Errors addAll(List<Invalid> errors) {
        errors.forEach(this::add);
        return this;
    }

    Errors required(String path, String detail) {
        return add(Invalid.required(path, detail));
    }

    Errors invalid(String path, @Nullable Object value, String detail) {
        return add(Invalid.invalid(path, value, detail));
    }

    /** One error for each thing that {@link Names} found wrong. */
    Errors invalid(String path, @Nullable Object value, List<String> details) {
        details.forEach(detail -> add(Invalid.invalid(path, value, detail)));
        return this;
    }

    Errors forbidden(String path, String detail) {
        return add(Invalid.forbidden(path, detail));
    }

    Errors duplicate(String path, @Nullable Object value) {
        return add(Invalid.duplicate(path, value));
    }

    Errors tooLong(String path, int bytes) {
        return add(new Invalid(path, Invalid.Kind.TOO_LONG, null, "may not be more than " + bytes + " bytes"));
    }

    Errors tooMany(String path, int count, int most) {
        return add(new Invalid(path, Invalid.Kind.TOO_MANY, (long) count, "must have at most " + most + " items"));
    }

    /** A text field that must hold one of these values. */
    Errors oneOf(String path, @Nullable String value, List<String> supported) {
        if (value == null || value.isEmpty()) {
            return required(path, "");
        }
        return supported.contains(value) ? this : add(Invalid.notSupported(path, value, supported));
    }

    Errors notNegative(String path, long value) {
        return value < 0 ? invalid(path, value, "must be greater than or equal to 0") : this;
    }
}
