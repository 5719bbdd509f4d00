// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.history;

import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.Write;
import org.jspecify.annotations.Nullable;

/**
 * What became of a commit. A value, so that the thread that wrote can hand it to the one that asked, which then throws
 * exceptions with its own stack.
 */
public sealed interface Outcome {
    /** All conditions held; {@code revision} is the newest one with this commit in it. */
    record Accepted(long revision) implements Outcome {}

    /** The condition of {@code write}, at {@code index} of its commit, does not hold for {@code current}. */
    record Refused(int index, Write write, @Nullable Entry current) implements Outcome {}

    /** It could not be made durable. */
    record Failed(String message, Throwable cause) implements Outcome {}

    /** The revision of the accepted commit, or the exception that a store's commit promises. */
    default long revisionOrThrow() throws ConflictException {
        return switch (this) {
            case Accepted(long revision) -> revision;
            case Refused(int index, Write write, Entry current) -> throw new ConflictException(index, write, current);
            case Failed(String message, Throwable cause) -> throw new StoreException(message, cause);
        };
    }
}
