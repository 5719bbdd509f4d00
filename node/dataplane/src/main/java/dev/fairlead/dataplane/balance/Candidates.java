// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.balance;

import dev.fairlead.dataplane.relay.Traffic;
import java.net.InetSocketAddress;

/**
 * Who may be chosen for a client, in an order that stays. Most endpoints of a large cluster are never chosen, so that a list of
 * backends is kept, which all of a port's frontends share, and what a connection needs is made when there is one.
 */
public interface Candidates {
    /** Nobody. */
    Candidates NONE = new Candidates() {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public InetSocketAddress address(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public boolean keepsSource(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public Traffic traffic(int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public int index(InetSocketAddress address) {
            return -1;
        }
    };

    /** How many there are. */
    int size();

    /** Where the one at {@code index} is. */
    InetSocketAddress address(int index);

    /** Whether it shall see the client's own address, where the sockets can do that. */
    boolean keepsSource(int index);

    /** What passes to it is counted there, from now on if it has not been yet. */
    Traffic traffic(int index);

    /** Which one is there; -1 when none is. */
    int index(InetSocketAddress address);
}
