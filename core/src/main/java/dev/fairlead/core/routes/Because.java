// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

/** One reason of a verdict; {@code word} is stable, {@code detail} is for people. */
public record Because(Word word, String detail) {
    /** The reasons there are. */
    public enum Word {
        ENTRANCE,
        UNKNOWN_PORT,
        UNUSED_SERVICE_ADDRESS,
        NO_SERVICE,
        NO_ENDPOINTS,
        NO_LOCAL_ENDPOINTS,
        SOURCE_NOT_ALLOWED,
        POLICY_LOCAL,
        SHORT_CIRCUIT,
        TOPOLOGY,
        ONLY_TERMINATING,
        MASQUERADE,
        HAIRPIN
    }
}
