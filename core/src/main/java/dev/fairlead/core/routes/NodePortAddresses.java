// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** On which of its addresses a node accepts node ports. */
public sealed interface NodePortAddresses {
    /** The word for {@link Primary}. */
    String PRIMARY = "primary";

    /** The node's first InternalIP of each family. */
    record Primary() implements NodePortAddresses {
        @Override
        public String toString() {
            return PRIMARY;
        }
    }

    /**
     * The node's addresses in these ranges, but for loopback. Where no range is of a family, all of that family's
     * addresses: so kube-proxy reads it.
     */
    record Within(List<Cidr> ranges) implements NodePortAddresses {
        @Override
        public String toString() {
            return String.join(",", ranges.stream().map(Cidr::toString).toList());
        }
    }

    /** Reads the setting: {@code primary} alone, or ranges; empty when it is neither. */
    static Optional<NodePortAddresses> parse(List<String> texts) {
        if (texts.isEmpty() || texts.equals(List.of(PRIMARY))) {
            return Optional.of(new Primary());
        }
        List<Cidr> ranges = new ArrayList<>();
        for (String text : texts) {
            Optional<Cidr> range = Cidr.parse(text.strip());
            if (range.isEmpty()) {
                return Optional.empty();
            }
            ranges.add(range.get());
        }
        return Optional.of(new Within(List.copyOf(ranges)));
    }

    /**
     * The addresses that accept node ports.
     *
     * @param primary the node's first InternalIP of each family
     * @param all every address of the node's interfaces
     */
    default List<IpAddress> of(List<IpAddress> primary, List<IpAddress> all) {
        return switch (this) {
            case Primary any -> primary;
            case Within(List<Cidr> ranges) ->
                all.stream()
                        .filter(address -> !address.isLoopback() || primary.contains(address))
                        .filter(address -> covers(ranges, address))
                        .distinct()
                        .sorted()
                        .toList();
        };
    }

    /** Whether that address is among them, if it is the node's. */
    default boolean accept(IpAddress address) {
        return switch (this) {
            case Primary any -> true;
            case Within(List<Cidr> ranges) -> covers(ranges, address);
        };
    }

    private static boolean covers(List<Cidr> ranges, IpAddress address) {
        IpFamily family = address.family();
        return ranges.stream().noneMatch(range -> range.family() == family)
                || ranges.stream().anyMatch(range -> range.contains(address));
    }
}
