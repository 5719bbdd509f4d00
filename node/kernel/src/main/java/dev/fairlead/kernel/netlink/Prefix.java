// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import java.net.InetAddress;

/**
 * An address with the number of its leading bits that count: a network, or one address of it with its network.
 *
 * @param length 0 to 32 or 128
 */
public record Prefix(InetAddress address, int length) {
    public Prefix {
        if (length < 0 || length > 8 * address.getAddress().length) {
            throw new IllegalArgumentException("no prefix length of " + address.getHostAddress() + ": " + length);
        }
    }

    /** From text: {@code 10.96.0.0/16}, {@code fd00::/64}; without a slash the address alone. Never asks DNS. */
    public static Prefix of(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? host(InetAddress.ofLiteral(text))
                : new Prefix(
                        InetAddress.ofLiteral(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The address alone, /32 or /128. */
    public static Prefix host(InetAddress address) {
        return new Prefix(address, 8 * address.getAddress().length);
    }

    public boolean isV4() {
        return address.getAddress().length == 4;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
