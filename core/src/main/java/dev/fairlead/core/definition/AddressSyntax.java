// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The text of addresses in objects. Reading is strict: what old libraries read in two ways (leading zeros, IPv4 inside
 * IPv6, host bits) is refused, with the reason.
 */
final class AddressSyntax {
    private static final Pattern QUAD = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private AddressSyntax() {}

    /** What is wrong with an IP address. */
    static List<String> ip(String text) {
        if (IpAddress.parse(text).isPresent()) {
            return List.of();
        }
        if (mapped(text)) {
            return List.of("must not be an IPv4-mapped IPv6 address");
        }
        return leadingZeros(text)
                ? List.of("must not have leading 0s")
                : List.of("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    /** The name that a load balancer has instead of an address; empty when it has none. */
    static void hostname(String name, String path, Errors errors) {
        if (name.isEmpty()) {
            return;
        }
        errors.invalid(path, name, Names.subdomain(name));
        if (IpAddress.parse(name).isPresent()) {
            errors.invalid(path, name, "must be a DNS name, not an IP address");
        }
    }

    /** What is wrong with a CIDR block. */
    static List<String> cidr(String text) {
        if (Cidr.parse(text).isPresent()) {
            return List.of();
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String length = slash < 0 ? "" : text.substring(slash + 1);
        boolean form = length.matches("[0-9]{1,3}");
        List<String> wrong = new ArrayList<>();
        if (form && mapped(address)) {
            wrong.add("must not have an IPv4-mapped IPv6 address");
        }
        if (form && leadingZeros(address)) {
            wrong.add("must not have leading 0s in IP");
        }
        if (form && length.length() > 1 && length.startsWith("0")) {
            wrong.add("must not have leading 0s in prefix length");
        }
        if (form && hostBits(address, length)) {
            wrong.add("must not have bits set beyond the prefix length");
        }
        return wrong.isEmpty() ? List.of("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)") : wrong;
    }

    /** Why an address cannot be an endpoint or external address; {@code network} may allow some loopback ones. */
    static List<String> special(IpAddress address, ClusterNetwork network) {
        List<String> wrong = new ArrayList<>();
        if (address.isUnspecified()) {
            wrong.add("may not be unspecified (" + address + ")");
        }
        if (address.isLoopback() && network.loopbackRanges().stream().noneMatch(range -> range.contains(address))) {
            wrong.add("may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        if (address.isLinkLocalUnicast()) {
            wrong.add("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        if (address.isLinkLocalMulticast()) {
            wrong.add("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
        return wrong;
    }

    private static boolean mapped(String text) {
        return text.toLowerCase(Locale.ROOT).startsWith("::ffff:") && text.contains(".");
    }

    private static boolean leadingZeros(String text) {
        return QUAD.matcher(text).matches()
                && IpAddress.parse(text).isEmpty()
                && IpAddress.parse(withoutZeros(text)).isPresent();
    }

    private static String withoutZeros(String quad) {
        StringBuilder text = new StringBuilder();
        for (String octet : quad.split("\\.", -1)) {
            text.append(text.isEmpty() ? "" : ".").append(Integer.parseInt(octet));
        }
        return text.toString();
    }

    private static boolean hostBits(String address, String length) {
        int prefix = Integer.parseInt(length);
        return IpAddress.parse(address)
                .filter(ip -> prefix <= ip.family().bits())
                .filter(ip -> !new Cidr(ip, prefix).first().equals(ip))
                .isPresent();
    }
}
