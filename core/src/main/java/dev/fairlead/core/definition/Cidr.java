// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Optional;

/**
 * A block of addresses in CIDR notation, without host bits.
 *
 * @param base the first address
 * @param prefix how many leading bits are fixed: 0 to 32 or 0 to 128
 */
public record Cidr(IpAddress base, int prefix) {
    /** Reads {@code text} strictly (no host bits, no leading zeros); empty when it is no block. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String digits = text.substring(slash + 1);
        if (digits.isEmpty()
                || digits.length() > 3
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
                || (digits.length() > 1 && digits.charAt(0) == '0')) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(digits);
        return IpAddress.parse(text.substring(0, slash))
                .filter(base -> prefix <= base.family().bits())
                .map(base -> new Cidr(base, prefix))
                .filter(cidr -> cidr.contains(cidr.base) && cidr.first().equals(cidr.base));
    }

    /**
     * Reads a block that is known to be one.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a CIDR block: " + text));
    }

    /** The block's family. */
    public IpFamily family() {
        return base.family();
    }

    /** Whether {@code address} is of this family and inside. */
    public boolean contains(IpAddress address) {
        return address.family() == base.family()
                && ((address.high() ^ base.high()) & highMask()) == 0
                && ((address.low() ^ base.low()) & lowMask()) == 0;
    }

    /** The first address: the base with host bits cleared. */
    public IpAddress first() {
        return new IpAddress(base.family(), base.high() & highMask(), base.low() & lowMask());
    }

    /** The last address: the base with host bits set. */
    public IpAddress last() {
        long low = base.low() | ~lowMask();
        return base.family() == IpFamily.IPV4 ? IpAddress.ofV4(low) : IpAddress.ofV6(base.high() | ~highMask(), low);
    }

    /** How many addresses there are; {@link Long#MAX_VALUE} when that does not fit. */
    public long size() {
        int hostBits = base.family().bits() - prefix;
        return hostBits >= 63 ? Long.MAX_VALUE : 1L << hostBits;
    }

    @Override
    public String toString() {
        return base + "/" + prefix;
    }

    private long highMask() {
        return base.family() == IpFamily.IPV4 ? 0 : mask(Math.min(prefix, 64));
    }

    private long lowMask() {
        return base.family() == IpFamily.IPV4 ? mask(prefix + 32) : mask(Math.max(prefix - 64, 0));
    }

    /** 64 bits of which the leading {@code ones} are set. */
    private static long mask(int ones) {
        return ones == 0 ? 0 : -1L << (64 - ones);
    }
}
