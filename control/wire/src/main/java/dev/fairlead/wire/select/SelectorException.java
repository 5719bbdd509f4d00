// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.select;

/** A text that is no selector; the message quotes it and says what was expected. */
public final class SelectorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SelectorException(String text, String detail) {
        super("unable to parse selector \"" + text + "\": " + detail);
    }
}
