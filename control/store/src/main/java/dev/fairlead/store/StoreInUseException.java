// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import java.nio.file.Path;

/** Somebody has this store open already; two at once would destroy it. */
public final class StoreInUseException extends StoreException {
    private static final long serialVersionUID = 1;

    private final long pid;

    /** {@code pid} is the process that holds {@code directory}, 0 if it has not said. */
    public StoreInUseException(Path directory, long pid) {
        super(
                "store %s is in use by %s: stop it, or choose another directory"
                        .formatted(directory, pid == 0 ? "another process" : "process " + pid),
                null);
        this.pid = pid;
    }

    /** The process that holds the store; 0 if unknown. */
    public long pid() {
        return pid;
    }
}
