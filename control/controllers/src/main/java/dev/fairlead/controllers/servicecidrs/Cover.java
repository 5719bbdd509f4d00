// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.servicecidrs;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.Tree;
import java.util.Collection;
import java.util.List;

/**
 * A ServiceCIDR: the blocks it covers.
 *
 * @param conditions its status
 */
public record Cover(ObjectMeta meta, List<Cidr> blocks, List<Condition> conditions) {
    /** Reads a ServiceCIDR. */
    public static Cover from(Tree object) {
        return new Cover(
                ObjectMeta.from(object),
                object.tree("spec").texts("cidrs").stream()
                        .flatMap(text -> Cidr.parse(text).stream())
                        .toList(),
                object.tree("status").trees("conditions").stream()
                        .map(Condition::from)
                        .toList());
    }

    boolean covers(IpAddress address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    private boolean covers(Cidr block) {
        return blocks.stream().anyMatch(own -> own.contains(block.first()) && own.contains(block.last()));
    }

    /** Whether everything of this one is also in others that stay, so that it can go whatever is in use. */
    boolean isInside(Collection<Cover> others) {
        return blocks.stream().allMatch(block -> others.stream().anyMatch(other -> other.covers(block)));
    }

    /** The addresses that would be in no ServiceCIDR without this one. */
    List<IpAddress> needed(Collection<IpAddress> addresses, Collection<Cover> others) {
        return addresses.stream()
                .filter(this::covers)
                .filter(address -> others.stream().noneMatch(other -> other.covers(address)))
                .toList();
    }
}
