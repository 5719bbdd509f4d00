// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * A node's sign of life.
 *
 * @param programmed through which revision its data plane follows the API; 0 when it does not say
 */
record NodeLease(String node, @Nullable Instant renewed, Duration duration, long programmed) {
    /** The namespace of nodes' leases. */
    static final String NAMESPACE = "kube-node-lease";

    /** On a node's lease: through which revision it is programmed. */
    static final String PROGRAMMED = "fairlead.dev/programmed";

    static NodeLease from(Tree object) {
        Tree spec = object.tree("spec");
        String programmed = object.tree("metadata").textMap("annotations").getOrDefault(PROGRAMMED, "0");
        return new NodeLease(
                object.tree("metadata").text("name", ""),
                instant(spec.text("renewTime", "")),
                Duration.ofSeconds(spec.whole("leaseDurationSeconds", 40)),
                programmed.matches("\\d{1,18}") ? Long.parseLong(programmed) : 0);
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException nonsense) {
            return null;
        }
    }

    boolean liveAt(Instant now) {
        return renewed != null && renewed.plus(duration).isAfter(now);
    }
}
