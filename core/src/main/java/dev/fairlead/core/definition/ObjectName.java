// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/**
 * A namespace and a name: which object of a kind.
 *
 * @param namespace the namespace, empty for objects of the whole cluster
 * @param name the object's name
 */
public record ObjectName(String namespace, String name) implements Comparable<ObjectName> {
    @Override
    public int compareTo(ObjectName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    /** {@code namespace/name}, or the name alone. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
