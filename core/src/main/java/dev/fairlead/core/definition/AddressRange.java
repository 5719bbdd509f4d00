// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Optional;

/**
 * Consecutive addresses of one family.
 *
 * @param first the lowest
 * @param last the highest
 * @param block whether they were written as a CIDR block, whose ends automatic choice leaves alone
 */
public record AddressRange(IpAddress first, IpAddress last, boolean block) {
    /** Reads {@code 10.97.0.0/24}, {@code 10.97.0.10-10.97.0.20} or {@code 10.97.0.9}; empty when it is none of them. */
    public static Optional<AddressRange> parse(String text) {
        if (text.indexOf('/') >= 0) {
            return Cidr.parse(text).map(AddressRange::of);
        }
        int dash = text.indexOf('-');
        if (dash < 0) {
            return IpAddress.parse(text).map(one -> new AddressRange(one, one, false));
        }
        Optional<IpAddress> first = IpAddress.parse(text.substring(0, dash).strip());
        Optional<IpAddress> last = IpAddress.parse(text.substring(dash + 1).strip());
        return first.isPresent()
                        && last.isPresent()
                        && first.get().family() == last.get().family()
                        && first.get().compareTo(last.get()) <= 0
                ? Optional.of(new AddressRange(first.get(), last.get(), false))
                : Optional.empty();
    }

    /** All addresses of a block. */
    public static AddressRange of(Cidr cidr) {
        return new AddressRange(cidr.first(), cidr.last(), true);
    }

    /** The family of all. */
    public IpFamily family() {
        return first.family();
    }

    /** Whether {@code address} is one of them. */
    public boolean contains(IpAddress address) {
        return address.family() == family() && first.compareTo(address) <= 0 && address.compareTo(last) <= 0;
    }

    /** Whether some address is in both. */
    public boolean overlaps(AddressRange other) {
        return other.family() == family() && first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
    }

    /** How many addresses there are; {@link Long#MAX_VALUE} when that does not fit. */
    public long size() {
        long distance = last.low() - first.low();
        boolean far = last.high() != first.high() || distance < 0 || distance == Long.MAX_VALUE;
        return far ? Long.MAX_VALUE : distance + 1;
    }

    /**
     * The addresses to give to those who ask for none: without the first and last of an IPv4 block, which some systems take
     * for the network's own, and without the first of an IPv6 block, which is its routers' (RFC 4291, 2.6.1). Blocks too
     * small for that are given whole.
     */
    public AddressRange unasked() {
        if (!block || size() <= 2) {
            return this;
        }
        return new AddressRange(first.plus(1), family() == IpFamily.IPV4 ? last.plus(-1) : last, false);
    }
}
