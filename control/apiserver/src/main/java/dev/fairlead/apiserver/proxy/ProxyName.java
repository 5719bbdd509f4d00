// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.proxy;

import java.util.Optional;

/**
 * What stands for a Service, pod or node in a proxy's path: {@code web}, {@code web:http}, {@code https:web:443}.
 *
 * @param scheme {@code http} or {@code https}
 * @param name the object's name
 * @param port a port's name or number; empty for none
 */
record ProxyName(String scheme, String name, String port) {
    /** Reads a name; empty when it is none. */
    static Optional<ProxyName> of(String text) {
        String[] parts = text.split(":", -1);
        Optional<ProxyName> read = switch (parts.length) {
            case 1 -> Optional.of(new ProxyName("http", parts[0], ""));
            case 2 -> Optional.of(new ProxyName("http", parts[0], parts[1]));
            case 3 -> Optional.of(new ProxyName(parts[0].isEmpty() ? "http" : parts[0], parts[1], parts[2]));
            default -> Optional.empty();
        };
        return read.filter(name -> !name.name.isEmpty() && (name.scheme.equals("http") || name.tls()));
    }

    /** Whether the pod is to be spoken to by TLS. */
    boolean tls() {
        return scheme.equals("https");
    }
}
