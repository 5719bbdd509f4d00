// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import java.util.Locale;

/** How messages come and go. */
enum Transport {
    UDP,
    TCP,
    TLS,
    HTTPS;

    /** Whether by a connection. */
    boolean connected() {
        return this != UDP;
    }

    /** Whether nobody on the way can read it. */
    boolean encrypted() {
        return this == TLS || this == HTTPS;
    }

    /** As metrics and logs name it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
