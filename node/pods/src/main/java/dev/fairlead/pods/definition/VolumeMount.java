// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;

/**
 * Where a container finds a volume.
 *
 * @param path absolute
 * @param subPath a file or directory inside the volume; empty for all of it
 * @param expanded whether {@code $(NAME)} in {@code subPath} stands for a variable
 */
public record VolumeMount(String volume, String path, String subPath, boolean expanded, boolean readOnly) {
    static VolumeMount from(Tree mount) {
        boolean expanded = mount.has("subPathExpr");
        return new VolumeMount(
                mount.text("name", ""),
                mount.text("mountPath", ""),
                mount.text(expanded ? "subPathExpr" : "subPath", ""),
                expanded,
                mount.truth("readOnly", false));
    }
}
