// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whose dependent an object is.
 *
 * @param controller whether the owner is the managing controller; at most one owner is
 * @param blockOwnerDeletion whether the owner's foreground deletion waits for this object
 */
public record OwnerReference(
        String apiVersion, String kind, String name, String uid, boolean controller, boolean blockOwnerDeletion) {
    static OwnerReference from(Tree tree) {
        return new OwnerReference(
                tree.text("apiVersion", ""),
                tree.text("kind", ""),
                tree.text("name", ""),
                tree.text("uid", ""),
                tree.truth("controller", false),
                tree.truth("blockOwnerDeletion", false));
    }

    /** A value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", apiVersion);
        tree.put("kind", kind);
        tree.put("name", name);
        tree.put("uid", uid);
        if (controller) {
            tree.put("controller", true);
        }
        if (blockOwnerDeletion) {
            tree.put("blockOwnerDeletion", true);
        }
        return tree;
    }
}
