// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.AddressRange;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the addresses of a pool belong to somebody else already. Errors name both sides. */
public final class PoolOverlaps {
    /**
     * A block that is not for pools.
     *
     * @param what what it is for, as it is to be told: {@code the pods of node "n1"}
     */
    public record Reserved(Cidr block, String what) {}

    private record Other(String text, AddressRange range, String whose) {}

    private PoolOverlaps() {}

    /**
     * What is wrong with a pool that would live beside these.
     *
     * @param pool the pool as a value tree
     * @param others the pools there are; one of the same name is the one it replaces
     */
    public static List<Invalid> of(Map<String, Object> pool, List<LoadBalancerPool> others, List<Reserved> reserved) {
        Tree tree = new Tree(pool);
        String name = tree.tree("metadata").text("name", "");
        List<Other> known = new ArrayList<>();
        reserved.forEach(
                block -> known.add(new Other(block.block.toString(), AddressRange.of(block.block), ", " + block.what)));
        for (LoadBalancerPool other : others) {
            if (!other.name().equals(name)) {
                other.addresses()
                        .forEach(range -> known.add(
                                new Other(text(range), range, " of the LoadBalancerPool \"" + other.name() + "\"")));
            }
        }
        List<Invalid> errors = new ArrayList<>();
        List<String> texts = tree.tree("spec").texts("addresses");
        for (int i = 0; i < texts.size(); i++) {
            Optional<AddressRange> range = AddressRange.parse(texts.get(i));
            if (range.isEmpty()) {
                continue; // said elsewhere
            }
            for (Other other : known) {
                if (other.range.overlaps(range.get())) {
                    errors.add(Invalid.invalid(
                            "spec.addresses[" + i + "]", texts.get(i), "overlaps with " + other.text + other.whose));
                }
            }
            known.add(new Other(texts.get(i), range.get(), " of this pool, spec.addresses[" + i + "]"));
        }
        return errors;
    }

    private static String text(AddressRange range) {
        return range.first().equals(range.last()) ? range.first().toString() : range.first() + "-" + range.last();
    }
}
