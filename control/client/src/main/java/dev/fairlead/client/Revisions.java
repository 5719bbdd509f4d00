// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.core.definition.Tree;

/** Reads resource versions, which are decimal numbers that grow (KEP-5504). */
public final class Revisions {
    private Revisions() {}

    /** The resource version of an object or list; 0 when it has none or one that is no number. */
    public static long of(Tree object) {
        String text = object.tree("metadata").text("resourceVersion", "");
        long revision = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9' || i > 18) {
                return 0;
            }
            revision = revision * 10 + (digit - '0');
        }
        return revision;
    }
}
