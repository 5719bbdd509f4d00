// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

/** One change of an entry. */
public sealed interface Operation {
    /** What it is about. */
    Key key();

    /** Makes an entry, or replaces it. */
    record Put(Key key, Value value) implements Operation {}

    /** Takes an entry away that is there. */
    record Remove(Key key) implements Operation {}
}
