// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The links of this node by which its pods' packets come in: a bridge, or all whose names begin alike.
 *
 * @param name 1 to 15 bytes without blanks or slashes
 * @param prefix whether names only have to begin so
 */
public record PodLinks(String name, boolean prefix) {
    private static final int LONGEST = 15; // IFNAMSIZ and its end

    /** Refuses what no link can be called. */
    public PodLinks {
        if (!possible(name)) {
            throw new IllegalArgumentException("no link can be called \"" + name + "\"");
        }
    }

    /** These links, if a link can be called so. */
    public static Optional<PodLinks> of(String name, boolean prefix) {
        return possible(name) ? Optional.of(new PodLinks(name, prefix)) : Optional.empty();
    }

    private static boolean possible(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        return length > 0
                && length <= LONGEST
                && name.chars().noneMatch(letter -> letter == '/' || letter == ':' || Character.isWhitespace(letter));
    }

    /** {@code cni0}, {@code veth*}. */
    @Override
    public String toString() {
        return prefix ? name + "*" : name;
    }
}
