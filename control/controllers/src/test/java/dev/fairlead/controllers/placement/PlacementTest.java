// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where pods go, as a table: nodes are written {@code name:state:pods:labels}. */
class PlacementTest {
    private static Node node(String name, String state, String labels) {
        return Node.from(new Tree(Yaml.read("""
                metadata: {name: %s, labels: {%s}%s}
                spec: {unschedulable: %s}
                status: {conditions: [{type: Ready, status: "%s"}]}
                """.formatted(
                                name,
                                labels,
                                state.equals("deleting") ? ", deletionTimestamp: '2026-11-21T06:00:00Z'" : "",
                                state.equals("cordoned"),
                                state.equals("down") ? "Unknown" : "True"))
                .getFirst()
                .fields()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no node           |        |                               | ''   | no nodes are registered; is a node agent running?",
                "the only one      |        | a:up:7                        | a    | ''",
                "the fewest pods   |        | a:up:3 b:up:1 c:up:2          | b    | ''",
                "then by name      |        | b:up:1 a:up:1                 | a    | ''",
                "not a cordoned one|        | a:cordoned:0 b:up:9           | b    | ''",
                "not one that ends |        | a:deleting:0 b:up:9           | b    | ''",
                "not one that is down |     | a:down:0 b:up:9               | b    | ''",
                "by a label        | disk=ssd | a:up:0 b:up:9:disk=ssd      | b    | ''",
                "by all labels     | disk=ssd,zone=z | a:up:0:disk=ssd b:up:9:disk=ssd,zone=z | b | ''",
                "by a value        | disk=ssd | a:up:0:disk=hdd             | ''   | '0/1 nodes are available: 1 node(s) didn''t match Pod''s node selector {disk=ssd}.'",
                "nowhere           |        | a:down:0 b:cordoned:0 c:down:0 d:deleting:0 | '' | '0/4 nodes are available: 1 node(s) were being deleted, 1 node(s) were unschedulable, 2 node(s) were not ready.'",
            })
    void isTheFittingNodeWithFewestPods(String rule, String selector, String nodes, String node, String why) {
        List<Node> all = new ArrayList<>();
        Map<String, Integer> pods = new HashMap<>();
        for (String one : nodes == null ? new String[0] : nodes.split(" ")) {
            String[] parts = one.split(":");
            String labels = parts.length > 3 ? parts[3].replace("=", ": ") : "";
            all.add(node(parts[0], parts[1], labels));
            pods.put(parts[0], Integer.parseInt(parts[2]));
        }
        Map<String, String> wanted = new HashMap<>();
        for (String label : selector == null ? new String[0] : selector.split(",")) {
            wanted.put(label.split("=")[0], label.split("=")[1]);
        }
        Placement placement = Placement.of(wanted, all, pods::get);
        assertThat(placement).as(rule).isEqualTo(new Placement(node.isEmpty() ? null : node, why));
    }
}
