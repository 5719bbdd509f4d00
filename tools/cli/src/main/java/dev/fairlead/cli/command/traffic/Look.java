// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.traffic;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.TrafficReport;
import java.util.List;
import java.util.Optional;

/**
 * What nodes told at one moment.
 *
 * @param silent nodes that could not be asked
 */
public record Look(List<TrafficReport> nodes, List<String> silent) {
    /** What an API server answers. */
    public static Look from(Tree answer) {
        return new Look(answer.trees("nodes").stream().map(TrafficReport::from).toList(), answer.texts("silent"));
    }

    /** What one node told earlier. */
    Optional<TrafficReport> of(String node) {
        return nodes.stream().filter(report -> report.node().equals(node)).findFirst();
    }
}
