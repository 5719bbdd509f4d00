// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.placement;

import dev.fairlead.core.definition.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod may run.
 *
 * @param node the node chosen, or null when none will do
 * @param why how many nodes there are and what is wrong with each sort of them; empty when one was chosen
 */
public record Placement(@Nullable String node, String why) {
    /**
     * Chooses among {@code nodes}.
     *
     * @param selector the labels the node must have
     * @param pods how many pods a node has
     */
    public static Placement of(Map<String, String> selector, List<Node> nodes, ToIntFunction<String> pods) {
        Map<String, Integer> wrong = new LinkedHashMap<>();
        List<Node> fit = new ArrayList<>();
        for (Node node : nodes) {
            String reason = reason(selector, node);
            if (reason.isEmpty()) {
                fit.add(node);
            } else {
                wrong.merge(reason, 1, Integer::sum);
            }
        }
        return fit.stream()
                .min(Comparator.<Node>comparingInt(node -> pods.applyAsInt(node.name()))
                        .thenComparing(Node::name))
                .map(node -> new Placement(node.name(), ""))
                .orElseGet(() -> new Placement(null, sentence(nodes.size(), wrong)));
    }

    private static String reason(Map<String, String> selector, Node node) {
        if (node.meta().deleting()) {
            return "were being deleted";
        }
        if (node.unschedulable()) {
            return "were unschedulable";
        }
        if (!node.ready()) {
            return "were not ready";
        }
        return node.meta().labels().entrySet().containsAll(selector.entrySet())
                ? ""
                : "didn't match Pod's node selector " + selector;
    }

    private static String sentence(int nodes, Map<String, Integer> wrong) {
        return wrong.isEmpty()
                ? "no nodes are registered; is a node agent running?"
                : "0/" + nodes + " nodes are available: "
                        + wrong.entrySet().stream()
                                .map(one -> one.getValue() + " node(s) " + one.getKey())
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + ".";
    }
}
