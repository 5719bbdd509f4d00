// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.cluster;

import java.util.Locale;
import java.util.Optional;

/** Whose connections to Services are led to endpoints where they connect, above nftables. */
public enum Balanced {
    /** As {@link #HOST} where the machine lets us, else nobody's. */
    AUTO,
    /** Nobody's. */
    OFF,
    /** Those of the host itself. Pods' are left alone: a sidecar, Kata or gVisor would be passed by. */
    HOST,
    /** Those of pods too: of every process of this host that is in another network namespace. */
    PODS;

    /** The choice of a word. */
    public static Optional<Balanced> parse(String text) {
        for (Balanced one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
