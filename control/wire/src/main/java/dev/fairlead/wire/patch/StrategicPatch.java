// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import dev.fairlead.wire.schema.ObjectType;
import java.util.Map;

/**
 * Kubernetes' strategic merge patch: a merge patch that joins certain lists by a key of their items instead of replacing
 * them. Which lists, says the schema; the rest is said by directives inside the patch:
 *
 * <ul>
 *   <li>{@code $patch: delete | replace | merge} in an object, or in an item of a joined list;
 *   <li>{@code $deleteFromPrimitiveList/NAME: [values]} takes values out of the joined list NAME;
 *   <li>{@code $setElementOrder/NAME: [keys]} says in which order the items of NAME come;
 *   <li>{@code $retainKeys: [names]} removes all other fields.
 * </ul>
 *
 * @param type the kind's fields
 * @param patch the patch; nulls as {@link dev.fairlead.wire.Null#NULL}
 */
public record StrategicPatch(ObjectType type, Map<String, Object> patch) implements Patch {
    @Override
    public Map<String, Object> apply(Map<String, Object> object) {
        return new StrategicMerge().apply(type, object, patch);
    }
}
