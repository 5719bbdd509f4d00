// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/** Where a Service port leads on a pod: a number, or the name of a container port. */
public sealed interface TargetPort {
    /** A port number, 1 to 65535. */
    record Numbered(int port) implements TargetPort {}

    /** The name of a container port (IANA_SVC_NAME), resolved for each pod. */
    record Named(String name) implements TargetPort {}

    /** Reads an int-or-string; {@code fallback} (the Service port) when absent, 0 or empty. */
    static TargetPort from(Tree tree, String field, int fallback) {
        Object value = tree.value(field);
        if (value instanceof String name && !name.isEmpty()) {
            return new Named(name);
        }
        return new Numbered(value instanceof Number number && number.intValue() != 0 ? number.intValue() : fallback);
    }
}
