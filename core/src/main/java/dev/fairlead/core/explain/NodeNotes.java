// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.NodeReport.Attempt;
import dev.fairlead.core.explain.NodeReport.Served;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node says of itself where everybody can read it, about all Services together: only what is not as it should be, so
 * that it is short. Written to an annotation of the node's lease; see decision 0012.
 *
 * @param nodePortAddresses where it accepts node ports
 * @param troubles frontends that are not bound, or elsewhere
 * @param failed the latest attempts at endpoints that do not take connections, newest first
 */
public record NodeNotes(List<IpAddress> nodePortAddresses, List<Trouble> troubles, List<Attempt> failed) {
    /** The annotation. */
    public static final String ANNOTATION = "fairlead.dev/node-notes";

    /** Nothing said. */
    public static final NodeNotes NONE = new NodeNotes(List.of(), List.of(), List.of());

    /** A frontend of a Service that is not served as it should be. */
    public record Trouble(ObjectName service, Served frontend) {}

    /** Reads notes; what is not readable is left out. */
    public static NodeNotes from(Tree tree) {
        NodeReport common = NodeReport.from(tree);
        List<Trouble> troubles = new ArrayList<>();
        for (Tree one : tree.trees("troubles")) {
            troubles.add(new Trouble(
                    new ObjectName(one.text("namespace", ""), one.text("service", "")), NodeReport.served(one)));
        }
        return new NodeNotes(common.nodePortAddresses(), List.copyOf(troubles), common.attempts());
    }

    /** The notes as a value tree. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "nodePortAddresses",
                nodePortAddresses.stream().map(IpAddress::toString).toList());
        tree.put(
                "troubles",
                troubles.stream()
                        .map(trouble -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("namespace", trouble.service.namespace());
                            one.put("service", trouble.service.name());
                            one.putAll(NodeReport.served(trouble.frontend));
                            return one;
                        })
                        .toList());
        tree.put("attempts", failed.stream().map(NodeReport::attempt).toList());
        return tree;
    }

    /** What it says about one Service, as an agent would that was asked; nothing is counted. */
    NodeReport about(ObjectName service, String node, long programmed) {
        return new NodeReport(
                node,
                programmed,
                nodePortAddresses,
                troubles.stream()
                        .filter(trouble -> trouble.service.equals(service))
                        .map(Trouble::frontend)
                        .toList(),
                List.of(),
                failed,
                List.of());
    }
}
