// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A condition of a commit did not hold, so nothing was changed. What is told here is durable and can be read. */
public final class ConflictException extends Exception {
    private static final long serialVersionUID = 1;

    private final int index;
    private final String key;
    private final transient @Nullable Entry current;

    /** The write at {@code index} of the commit expected something else than {@code current}. */
    public ConflictException(int index, Write write, @Nullable Entry current) {
        super("write %d expects %s of %s, which has %s".formatted(index, write.expect(), write.key(), said(current)));
        this.index = index;
        this.key = write.key();
        this.current = current;
    }

    /** Which write failed: its index in the list given to commit, from 0. The first, if several would. */
    public int index() {
        return index;
    }

    /** The key of that write. */
    public String key() {
        return key;
    }

    /** What the key had instead; empty if it was absent. */
    public Optional<Entry> current() {
        return Optional.ofNullable(current);
    }

    private static String said(@Nullable Entry current) {
        return current == null ? "no entry" : "modRevision " + current.modRevision();
    }
}
