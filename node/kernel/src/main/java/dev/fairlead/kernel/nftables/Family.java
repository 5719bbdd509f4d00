// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.nftables;

/** Whose packets a table sees, and which kind an address translation is about (NFPROTO_*). */
public enum Family implements Numbered {
    /** No matter which; only where an expression allows it. */
    ANY(0),
    /** Both. */
    INET(1),
    IPV4(2),
    IPV6(10);

    private final int number;

    Family(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
