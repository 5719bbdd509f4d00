// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Tree;

/**
 * How much of something a container may use or asks for.
 *
 * @param container empty for the one that asks
 * @param resource {@code limits.cpu}, {@code requests.memory} …
 * @param divisor the unit to count in, a quantity; empty or 0 for one
 */
public record ResourceField(String container, String resource, String divisor) {
    static ResourceField from(Tree reference) {
        Object divisor = reference.value("divisor");
        return new ResourceField(
                reference.text("containerName", ""),
                reference.text("resource", ""),
                divisor == null ? "" : divisor.toString());
    }
}
