// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Map;

/**
 * A template that a workload had, kept so that it can have it again.
 *
 * @param data a strategic merge patch that brings it back
 * @param revision its number: the greater, the later it was wanted
 */
public record ControllerRevision(ObjectMeta meta, Map<String, Object> data, long revision) {
    /** Reads a ControllerRevision. */
    public static ControllerRevision from(Tree object) {
        return new ControllerRevision(
                ObjectMeta.from(object), object.tree("data").fields(), object.whole("revision", 0));
    }

    /** The pod template in it, with the directive that makes the patch replace what there is. */
    public Map<String, Object> template() {
        return new Tree(data).tree("spec").tree("template").fields();
    }
}
