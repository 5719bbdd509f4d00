// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

/** A counter of the kernel, added up over its lives: it begins anew with the table, or when others reset it. */
final class Count {
    private long ended;
    private long now;

    /** What the kernel says now. */
    void see(long packets) {
        if (packets < now) { // another counter under the same key
            end();
        }
        now = packets;
    }

    /** It begins anew. */
    void end() {
        ended += now;
        now = 0;
    }

    /** What it counted in all. */
    long sum() {
        return ended + now;
    }
}
