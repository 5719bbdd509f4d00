// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.message;

/** The bytes are no DNS message. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the bytes. */
    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
