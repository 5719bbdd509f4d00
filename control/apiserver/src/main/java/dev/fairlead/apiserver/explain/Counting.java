// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.TrafficReport;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers what passes through Services: {@code /traffic}, with {@code namespace} for one namespace alone. Each node says what it
 * counts; those that cannot be asked are named.
 */
public final class Counting {
    /** Where it is told. */
    public static final String PATH = "/traffic";

    private final Scan scan;
    private final Resource nodes;
    private final NodeDoor door;

    /** Asks the nodes in {@code store} through {@code door}. */
    public Counting(Store store, Kinds kinds, NodeDoor door) {
        this.scan = new Scan(store);
        this.nodes = kinds.require("v1", "Node");
        this.door = door;
    }

    /** What the nodes say of a namespace's Services; of all, if {@code namespace} is empty. */
    public Reply answer(String namespace) throws InterruptedException {
        List<Map<String, Object>> told = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Tree node : scan.all(nodes.prefix(null))) {
            String name = node.tree("metadata").text("name", "");
            ask(name)
                    .map(report -> namespace.isEmpty() ? report : report.in(namespace))
                    .map(TrafficReport::tree)
                    .ifPresentOrElse(told::add, () -> silent.add(name));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("apiVersion", "fairlead.dev/v1");
        answer.put("kind", "Traffic");
        answer.put("nodes", told);
        answer.put("silent", silent);
        return Answers.json(200, answer);
    }

    private Optional<TrafficReport> ask(String node) throws InterruptedException {
        try {
            return door.traffic(node);
        } catch (IOException unreachable) {
            return Optional.empty();
        }
    }
}
