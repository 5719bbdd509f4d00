// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.hooks;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.dataplane.layout.Slot;

/** What an entry is found by; each kind has a map of its own. */
public sealed interface Key {
    /** Where clients connect to. */
    record Door(Frontend frontend) implements Key {}

    /** A numbered place of a pool; those of a pool are dense from 0. */
    record Place(int pool, int slot) implements Key {}

    /** An endpoint to which a client may go back: only of pools with affinity, or of datagrams. */
    record Live(int pool, Slot endpoint) implements Key {}

    /** An address of this node that accepts node ports. */
    record Own(IpAddress address) implements Key {}
}
