// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

/**
 * A table.
 *
 * @param owned whether only the socket that made it may change it, and it outlives that socket: then {@code nft flush
 *     ruleset} of others passes it by, and a new life takes it over (flags OWNER, Linux 5.12, and PERSIST, Linux 6.9)
 */
public record Table(Family family, String name, boolean owned) {
    static final int OWNER = 2;
    static final int PERSIST = 4;

    /** A table that everybody with the privilege may change. */
    public static Table shared(Family family, String name) {
        return new Table(family, name, false);
    }

    /** The same table, owned by the socket that makes it. */
    public Table ownedByMaker() {
        return new Table(family, name, true);
    }

    int flags() {
        return owned ? OWNER | PERSIST : 0;
    }
}
