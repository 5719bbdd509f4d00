// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.network;

import java.util.Optional;

/** What of a host's addresses is somebody's already, though no lock says so. */
@FunctionalInterface
interface Taken {
    /** Nothing. */
    Taken NOTHING = (_, _) -> Optional.empty();

    /**
     * What of the block is somebody else's, in words.
     *
     * @param own a link whose addresses are the block's own; empty: nothing is
     */
    Optional<String> conflict(Block block, String own);
}
