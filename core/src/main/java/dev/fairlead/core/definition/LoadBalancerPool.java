// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Addresses for Services of type LoadBalancer.
 *
 * @param addresses where they come from, in the order written
 * @param autoAssign whether Services get them without asking for the pool or an address by name
 * @param namespaces which namespaces' Services may have them
 * @param services which Services may have them
 */
public record LoadBalancerPool(
        ObjectMeta meta,
        List<AddressRange> addresses,
        boolean autoAssign,
        LabelSelector namespaces,
        LabelSelector services,
        Sharing sharing) {
    /** Which Services may have one address together. */
    public enum Sharing {
        /** None. */
        NEVER("Never"),
        /** Those of one namespace. */
        SAME_NAMESPACE("SameNamespace"),
        /** Those of any namespace. */
        ALL_NAMESPACES("AllNamespaces");

        private final String text;

        Sharing(String text) {
            this.text = text;
        }

        /** As objects spell it. */
        public String text() {
            return text;
        }

        private static Sharing read(String text) {
            return switch (text) {
                case "Never" -> NEVER;
                case "AllNamespaces" -> ALL_NAMESPACES;
                default -> SAME_NAMESPACE;
            };
        }
    }

    /** Reads a validated pool. */
    public static LoadBalancerPool from(Tree object) {
        Tree spec = object.tree("spec");
        return new LoadBalancerPool(
                ObjectMeta.from(object),
                spec.texts("addresses").stream()
                        .flatMap(text -> AddressRange.parse(text).stream())
                        .toList(),
                spec.truth("autoAssign", true),
                LabelSelector.from(spec.tree("namespaceSelector")),
                LabelSelector.from(spec.tree("serviceSelector")),
                Sharing.read(spec.text("sharing", "")));
    }

    /** The pool's name. */
    public String name() {
        return meta.name();
    }

    /** Whether it has this address. */
    public boolean contains(IpAddress address) {
        return addresses.stream().anyMatch(range -> range.contains(address));
    }

    /** Whether it has addresses of this family. */
    public boolean has(IpFamily family) {
        return addresses.stream().anyMatch(range -> range.family() == family);
    }

    /** How many addresses there are; {@link Long#MAX_VALUE} when that does not fit. */
    public long size() {
        long size = 0;
        for (AddressRange range : addresses) {
            size += range.size();
            if (size < 0 || range.size() == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
        }
        return size;
    }

    /** Why a Service with these labels, in a namespace with those, may have no address of it; empty when it may. */
    public Optional<String> refusal(Map<String, String> namespaceLabels, Map<String, String> serviceLabels) {
        if (!namespaces.matches(namespaceLabels)) {
            return Optional.of("its namespaceSelector does not match the namespace");
        }
        return services.matches(serviceLabels)
                ? Optional.empty()
                : Optional.of("its serviceSelector does not match the Service");
    }
}
