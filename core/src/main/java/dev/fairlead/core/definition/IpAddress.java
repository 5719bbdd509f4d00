// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Optional;

/**
 * An IP address as a value. Its text form is canonical (RFC 5952 for IPv6), so that equal addresses have equal texts.
 *
 * @param family IPv4 or IPv6
 * @param high the upper 64 bits of an IPv6 address, 0 for IPv4
 * @param low the lower 64 bits; for IPv4 the address as an unsigned 32-bit number
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {
    /** The IPv4 address with the given bits, as an unsigned 32-bit number. */
    public static IpAddress ofV4(long bits) {
        return new IpAddress(IpFamily.IPV4, 0, bits & 0xffff_ffffL);
    }

    /** The IPv6 address with the given bits. */
    public static IpAddress ofV6(long high, long low) {
        return new IpAddress(IpFamily.IPV6, high, low);
    }

    /** The address in network byte order, of 4 or 16 bytes. */
    public static IpAddress of(byte[] bytes) {
        if (bytes.length == 4) {
            return ofV4(big(bytes, 0, 4));
        }
        if (bytes.length == 16) {
            return ofV6(big(bytes, 0, 8), big(bytes, 8, 8));
        }
        throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    }

    /** Reads {@code text} strictly: no leading zeros, no IPv4-mapped IPv6, no zone; empty when it is no address. */
    public static Optional<IpAddress> parse(String text) {
        return IpText.parse(text);
    }

    /**
     * Reads an address that is known to be one.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
    }

    /** The address in network byte order: 4 or 16 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[family.bits() / 8];
        for (int i = 0; i < bytes.length; i++) {
            int shift = 8 * (bytes.length - 1 - i);
            bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
        }
        return bytes;
    }

    /** The address {@code distance} further on; wraps within the family's space. */
    public IpAddress plus(long distance) {
        if (family == IpFamily.IPV4) {
            return ofV4(low + distance);
        }
        long sum = low + distance;
        long carry = distance >= 0
                ? (Long.compareUnsigned(sum, low) < 0 ? 1 : 0)
                : (Long.compareUnsigned(sum, low) > 0 ? -1 : 0);
        return ofV6(high + carry, sum);
    }

    /** Whether it is 127/8 or ::1. */
    public boolean isLoopback() {
        return family == IpFamily.IPV4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** Whether it is 0.0.0.0 or ::. */
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /** Whether it is 169.254/16 or fe80::/10. */
    public boolean isLinkLocalUnicast() {
        return family == IpFamily.IPV4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    /** Whether it is 224.0.0.0/24 or a link-local IPv6 multicast address (ffx2::/16). */
    public boolean isLinkLocalMulticast() {
        return family == IpFamily.IPV4 ? low >>> 8 == 0xe00000 : high >>> 56 == 0xff && (high >>> 48 & 0xf) == 2;
    }

    /** Addresses in numeric order, IPv4 before IPv6. */
    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        int byHigh = byFamily != 0 ? byFamily : Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The canonical text. */
    @Override
    public String toString() {
        return IpText.format(this);
    }

    private static long big(byte[] bytes, int from, int count) {
        long bits = 0;
        for (int i = from; i < from + count; i++) {
            bits = bits << 8 | bytes[i] & 0xff;
        }
        return bits;
    }
}
