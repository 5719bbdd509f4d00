// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import org.jspecify.annotations.Nullable;

/** The store could not do as told. The message names the file or revision, what is wrong and what would be right. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what lies below it, null if nothing does. */
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
