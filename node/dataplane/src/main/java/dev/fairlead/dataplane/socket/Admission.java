// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.socket;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import java.util.List;

/**
 * Who may come in at a socket: clients whom every list names. All others get no answer at all, where {@link
 * Sockets#filters()}.
 */
public record Admission(List<List<Cidr>> lists) {
    /** No lists: everybody. */
    public static final Admission EVERYBODY = new Admission(List.of());

    /** One list without a block: nobody. */
    public static final Admission NOBODY = new Admission(List.of(List.of()));

    /** Whether a client of that address may come in. */
    public boolean admits(IpAddress client) {
        for (List<Cidr> list : lists) {
            if (list.stream().noneMatch(block -> block.contains(client))) {
                return false;
            }
        }
        return true;
    }

    /** Whether nobody has to be asked. */
    public boolean everybody() {
        return lists.isEmpty();
    }
}
