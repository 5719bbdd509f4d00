// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node with its sign of life.
 *
 * @param renewed when its lease was last renewed; null when it has none
 * @param programmed the revision the lease names; 0 when it names none
 * @param notes what it said of itself when it renewed the lease
 * @param report what its agent says; null when it was not asked or did not answer
 */
public record NodeSeen(
        Node node,
        @Nullable Instant renewed,
        Duration lease,
        long programmed,
        NodeNotes notes,
        @Nullable NodeReport report) {
    /** Reads a node, its lease and its notes; an empty tree where there is none. */
    public static NodeSeen from(Tree node, Tree lease, Tree notes, @Nullable NodeReport report) {
        Tree spec = lease.tree("spec");
        String programmed = lease.tree("metadata").textMap("annotations").getOrDefault("fairlead.dev/programmed", "0");
        return new NodeSeen(
                Node.from(node),
                Times.read(spec.text("renewTime", "")),
                Duration.ofSeconds(spec.whole("leaseDurationSeconds", 40)),
                programmed.matches("\\d{1,18}") ? Long.parseLong(programmed) : 0,
                NodeNotes.from(notes),
                report);
    }

    /** What is known of the Service on this node: by asking, else by its notes while its lease lives; else null. */
    @Nullable
    NodeReport about(ObjectName service, Instant now) {
        boolean noted = report == null && live(now) && !notes.equals(NodeNotes.NONE);
        return noted ? notes.about(service, node.name(), programmed) : report;
    }

    boolean live(Instant now) {
        return report != null || renewed != null && renewed.plus(lease).isAfter(now);
    }
}
