// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

/** Something the user has to know and can do something about; its message is all that is printed. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong and what would be right. */
    public Failure(String message) {
        super(message);
    }

    /** The same, with what caused it, for those who look. */
    public Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
