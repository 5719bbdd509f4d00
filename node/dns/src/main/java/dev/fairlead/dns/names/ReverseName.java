// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.names;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.dns.message.DnsName;
import java.util.List;
import java.util.Optional;

/** Addresses written as names: {@code 4.3.2.1.in-addr.arpa} (RFC 1035 §3.5) and nibbles below {@code ip6.arpa} (RFC 3596). */
final class ReverseName {
    private static final DnsName V4 = DnsName.of("in-addr.arpa");
    private static final DnsName V6 = DnsName.of("ip6.arpa");

    private ReverseName() {}

    /** The address that {@code name} stands for, if it is a whole reverse name. */
    static Optional<IpAddress> address(DnsName name) {
        if (name.isIn(V4)) {
            List<String> octets = name.below(V4);
            return octets.size() == 4 ? IpAddress.parse(String.join(".", octets.reversed())) : Optional.empty();
        }
        return name.isIn(V6) ? v6(name.below(V6)) : Optional.empty();
    }

    private static Optional<IpAddress> v6(List<String> nibbles) {
        if (nibbles.size() != 32) {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 32; i++) {
            String nibble = nibbles.get(31 - i);
            int digit = nibble.length() == 1 ? Character.digit(nibble.charAt(0), 16) : -1;
            if (digit < 0) {
                return Optional.empty();
            }
            if (i < 16) {
                high = high << 4 | digit;
            } else {
                low = low << 4 | digit;
            }
        }
        return Optional.of(IpAddress.ofV6(high, low));
    }
}
