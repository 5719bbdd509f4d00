// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import java.util.Locale;

/** The way from a definition to a connection, one stage after the other. */
public enum Stage {
    /** What the Service says. */
    DEFINITION,
    /** The addresses and ports it was given. */
    ALLOCATION,
    /** The pods its selector matches. */
    SELECTION,
    /** Whether these pods take traffic. */
    READINESS,
    /** The EndpointSlices that name them. */
    SLICES,
    /** Where a packet for the Service goes. */
    ROUTES,
    /** What the nodes have programmed. */
    DATA_PLANE,
    /** What became of real connections, and what the pods listen on. */
    CONNECTIONS;

    /** In plain words: {@code data plane}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
