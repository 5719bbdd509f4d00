// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.kernel.nftables.Element;

/** One change of what the kernel holds. */
public sealed interface Operation {
    /** An element is put; if its key is there with other data, it was removed by an operation before. */
    record Put(String set, Element element) implements Operation {}

    /** An element that is there is taken out. */
    record Remove(String set, Element element) implements Operation {}

    /** The chains for clients held for so long are needed, for pools of this class. */
    record Hold(Maps maps, int seconds, int size) implements Operation {}
}
