// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;
import static dev.fairlead.apiserver.table.Tables.orNone;

import dev.fairlead.core.definition.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The table of nodes. */
final class NodeTable {
    private static final String ROLE = "node-role.kubernetes.io/";

    static final Table NODES = new Table(
            List.of(
                    Column.called(),
                    Column.text("Status", "Whether it is ready, and whether pods may come."),
                    Column.text("Roles", "Its roles, by its labels."),
                    Column.age(),
                    Column.text("Version", "The version of what runs its pods."),
                    Column.wide("Internal-IP", "Its address inside the cluster."),
                    Column.wide("External-IP", "Its address outside."),
                    Column.wide("OS-Image", "Its operating system."),
                    Column.wide("Kernel-Version", "Its kernel."),
                    Column.wide("Container-Runtime", "What runs its containers.")),
            NodeTable::cells);

    private NodeTable() {}

    private static List<Object> cells(Tree node, Instant now) {
        Tree info = node.tree("status").tree("nodeInfo");
        return List.of(
                name(node),
                words(node),
                roles(node.tree("metadata").textMap("labels")),
                Age.of(node, now),
                info.text("kubeletVersion", ""),
                address(node, "InternalIP"),
                address(node, "ExternalIP"),
                unknown(info.text("osImage", "")),
                kernel(info),
                unknown(info.text("containerRuntimeVersion", "")));
    }

    private static String words(Tree node) {
        String ready = "Unknown";
        for (Tree condition : node.tree("status").trees("conditions")) {
            if (condition.text("type", "").equals("Ready")) {
                ready = condition.text("status", "").equals("True") ? "Ready" : "NotReady";
            }
        }
        return node.tree("spec").truth("unschedulable", false) ? ready + ",SchedulingDisabled" : ready;
    }

    private static String roles(Map<String, String> labels) {
        TreeSet<String> roles = new TreeSet<>();
        labels.forEach((key, value) -> {
            if (key.startsWith(ROLE) && key.length() > ROLE.length()) {
                roles.add(key.substring(ROLE.length()));
            } else if (key.equals("kubernetes.io/role") && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return orNone(String.join(",", roles));
    }

    private static String address(Tree node, String type) {
        return node.tree("status").trees("addresses").stream()
                .filter(address -> address.text("type", "").equals(type))
                .map(address -> address.text("address", ""))
                .findFirst()
                .orElse("<none>");
    }

    private static String kernel(Tree info) {
        String version = unknown(info.text("kernelVersion", ""));
        String architecture = info.text("architecture", "");
        return architecture.isEmpty() ? version : version + " (" + architecture + ")";
    }

    private static String unknown(String text) {
        return text.isEmpty() ? "<unknown>" : text;
    }
}
