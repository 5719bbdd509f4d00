// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.schema.ObjectType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a definition says of the objects of one version of a kind.
 *
 * @param listKind what lists of them are called
 * @param restsAs the {@code apiVersion} that objects are stored with
 * @param schema what their fields have to be
 * @param type the same as ownership and patches see it
 * @param columns of tables; empty: their age
 * @param selectable the fields by which they can be selected: {@code spec.color}
 * @param scale where the subresource {@code scale} finds its numbers; null when it is not served
 * @param hasStatus whether {@code status} is written through a subresource of its own
 * @param ending whether the definition is being deleted, so that nothing new may be made
 * @param warning what users of this version should be told; empty if nothing
 */
public record CustomKind(
        String listKind,
        String restsAs,
        JsonSchema schema,
        ObjectType type,
        List<PrinterColumn> columns,
        List<String> selectable,
        @Nullable ScalePaths scale,
        boolean hasStatus,
        boolean ending,
        String warning) {
    /** The fields that every object has, whatever its schema says. */
    public static final Set<String> OF_EVERY_KIND = Set.of("apiVersion", "kind", "metadata");

    /**
     * A column of a table.
     *
     * @param type {@code integer}, {@code number}, {@code string}, {@code boolean} or {@code date}
     * @param priority 0 is always shown, more only with {@code -o wide}
     */
    public record PrinterColumn(
            String name, String type, String format, String description, int priority, JsonPath path) {}

    /**
     * Where a kind keeps how many there are.
     *
     * @param selector a label selector as text; null when the kind has none
     */
    public record ScalePaths(
            JsonPath specReplicas,
            JsonPath statusReplicas,
            @Nullable JsonPath selector) {}

    /** The paths of the subresource {@code scale}; null when the version does not have it. */
    static @Nullable ScalePaths scale(Tree subresources) {
        Tree scale = subresources.tree("scale");
        JsonPath spec = JsonPath.parse(scale.text("specReplicasPath", ""));
        JsonPath status = JsonPath.parse(scale.text("statusReplicasPath", ""));
        return spec == null || status == null
                ? null
                : new ScalePaths(spec, status, JsonPath.parse(scale.text("labelSelectorPath", "")));
    }
}
