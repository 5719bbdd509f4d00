// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import java.util.Locale;

/** What can be done with objects, in the words of rules and of discovery. */
public enum Verb {
    GET,
    LIST,
    WATCH,
    CREATE,
    UPDATE,
    PATCH,
    DELETE,
    DELETECOLLECTION;

    /** As rules and discovery write it: {@code deletecollection}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
