// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import org.jspecify.annotations.Nullable;

/** What must be true of a key before a commit, for the commit to happen. */
public sealed interface Expect {
    /** Holds always. */
    static Expect any() {
        return new Any();
    }

    /** Holds if the key has no entry. */
    static Expect absent() {
        return new Absent();
    }

    /** Holds if the key has an entry, of whatever revision. */
    static Expect present() {
        return new Present();
    }

    /** Holds if the key has an entry whose {@link Entry#modRevision} is {@code modRevision}. */
    static Expect revision(long modRevision) {
        return new Revision(modRevision);
    }

    /** Whether this holds for the entry a key has now, null for none. */
    default boolean holds(@Nullable Entry current) {
        return switch (this) {
            case Any() -> true;
            case Absent() -> current == null;
            case Present() -> current != null;
            case Revision(long modRevision) -> current != null && current.modRevision() == modRevision;
        };
    }

    /** See {@link #any()}. */
    record Any() implements Expect {}

    /** See {@link #absent()}. */
    record Absent() implements Expect {}

    /** See {@link #present()}. */
    record Present() implements Expect {}

    /** See {@link #revision(long)}. */
    record Revision(long modRevision) implements Expect {}
}
