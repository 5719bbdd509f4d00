// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

/** The store or the watch has been closed by its owner. */
public final class ClosedException extends StoreException {
    private static final long serialVersionUID = 1;

    /** {@code what} is closed. */
    public ClosedException(String what) {
        super(what + " is closed", null);
    }
}
