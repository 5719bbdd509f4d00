// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/** The two families of IP addresses, in Kubernetes' spelling. */
public enum IpFamily {
    /** {@code IPv4}, 32 bits. */
    IPV4("IPv4", 32),
    /** {@code IPv6}, 128 bits. */
    IPV6("IPv6", 128);

    private final String text;
    private final int bits;

    IpFamily(String text, int bits) {
        this.text = text;
        this.bits = bits;
    }

    /** How Kubernetes writes it: {@code IPv4} or {@code IPv6}. */
    public String text() {
        return text;
    }

    /** How long an address is, in bits. */
    public int bits() {
        return bits;
    }
}
