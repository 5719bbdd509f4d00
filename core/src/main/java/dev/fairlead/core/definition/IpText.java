// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.Optional;

/** Reads and writes the text of addresses: dotted decimal, and IPv6 as RFC 4291 reads and RFC 5952 writes it. */
final class IpText {
    private IpText() {}

    static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    static String format(IpAddress address) {
        return address.family() == IpFamily.IPV4 ? formatV4(address.low()) : formatV6(address);
    }

    private static Optional<IpAddress> parseV4(String text) {
        long bits = v4Bits(text);
        return bits < 0 ? Optional.empty() : Optional.of(IpAddress.ofV4(bits));
    }

    /** The 32 bits of a dotted quad without leading zeros, or -1. */
    private static long v4Bits(String text) {
        long bits = 0;
        int octets = 0;
        int at = 0;
        while (at < text.length() && octets < 4) {
            int start = at;
            int octet = 0;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && at - start < 3) {
                octet = octet * 10 + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || octet > 255 || leadingZero) {
                return -1;
            }
            bits = bits << 8 | octet;
            octets++;
            if (octets < 4) {
                if (at >= text.length() || text.charAt(at) != '.') {
                    return -1;
                }
                at++;
            }
        }
        return octets == 4 && at == text.length() ? bits : -1;
    }

    private static Optional<IpAddress> parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        int[] front = groups(gap < 0 ? text : text.substring(0, gap));
        int[] back = gap < 0 ? new int[0] : groups(text.substring(gap + 2));
        if (front.length > 8 || back.length > 8) {
            return Optional.empty();
        }
        int given = front.length + back.length;
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        int[] all = new int[8];
        System.arraycopy(front, 0, all, 0, front.length);
        System.arraycopy(back, 0, all, 8 - back.length, back.length);
        IpAddress address = IpAddress.ofV6(pack(all, 0), pack(all, 4));
        boolean mapped = address.high() == 0 && address.low() >>> 32 == 0xffff;
        return mapped ? Optional.empty() : Optional.of(address);
    }

    /** The 16-bit groups of {@code text}; nine groups stand for "not readable". */
    private static int[] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean dotted = parts[parts.length - 1].indexOf('.') >= 0;
        int[] groups = new int[parts.length + (dotted ? 1 : 0)];
        if (groups.length > 8) {
            return new int[9];
        }
        for (int i = 0; i < parts.length; i++) {
            if (dotted && i == parts.length - 1) {
                long bits = v4Bits(parts[i]);
                if (bits < 0) {
                    return new int[9];
                }
                groups[i] = (int) (bits >>> 16);
                groups[i + 1] = (int) (bits & 0xffff);
            } else {
                int group = hex(parts[i]);
                if (group < 0) {
                    return new int[9];
                }
                groups[i] = group;
            }
        }
        return groups;
    }

    private static int hex(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0 || text.charAt(i) > 'f') {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static long pack(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    private static String formatV4(long bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 0xff) + "." + (bits >>> 8 & 0xff) + "." + (bits & 0xff);
    }

    /** RFC 5952: lower case, no leading zeros, the longest run of at least two zero groups (the first of equals) as ::. */
    private static String formatV6(IpAddress address) {
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (address.high() >>> (48 - 16 * i) & 0xffff);
            groups[4 + i] = (int) (address.low() >>> (48 - 16 * i) & 0xffff);
        }
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > bestLength) {
                best = i;
                bestLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
