// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;

/** The tables of what keeps pods. */
final class WorkloadTables {
    static final Table DEPLOYMENTS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Ready", "Pods that are ready, of those wanted."),
                    Column.number("Up-to-date", "Pods of the newest revision."),
                    Column.number("Available", "Pods that have been ready long enough."),
                    Column.age(),
                    Column.wide("Containers", "The names of the containers."),
                    Column.wide("Images", "The images of the containers."),
                    Column.wide("Selector", "The labels of its pods.")),
            (deployment, now) -> {
                Tree status = deployment.tree("status");
                return List.of(
                        name(deployment),
                        status.whole("readyReplicas", 0) + "/"
                                + deployment.tree("spec").whole("replicas", 0),
                        status.whole("updatedReplicas", 0),
                        status.whole("availableReplicas", 0),
                        Age.of(deployment, now),
                        containers(deployment, "name"),
                        containers(deployment, "image"),
                        selector(deployment));
            });

    static final Table REPLICA_SETS = new Table(
            List.of(
                    Column.called(),
                    Column.number("Desired", "Pods that are wanted."),
                    Column.number("Current", "Pods that are there."),
                    Column.number("Ready", "Pods that are ready."),
                    Column.age(),
                    Column.wide("Containers", "The names of the containers."),
                    Column.wide("Images", "The images of the containers."),
                    Column.wide("Selector", "The labels of its pods.")),
            (set, now) -> List.of(
                    name(set),
                    set.tree("spec").whole("replicas", 0),
                    set.tree("status").whole("replicas", 0),
                    set.tree("status").whole("readyReplicas", 0),
                    Age.of(set, now),
                    containers(set, "name"),
                    containers(set, "image"),
                    selector(set)));

    private WorkloadTables() {}

    private static String containers(Tree workload, String field) {
        return String.join(
                ",",
                workload.tree("spec").tree("template").tree("spec").trees("containers").stream()
                        .map(container -> container.text(field, ""))
                        .toList());
    }

    /** A selector as one would type it after {@code kubectl get -l}. */
    private static String selector(Tree workload) {
        Tree selector = workload.tree("spec").tree("selector");
        List<String> parts = new ArrayList<>();
        if (!selector.textMap("matchLabels").isEmpty()) {
            parts.add(NetworkTables.labels(selector.textMap("matchLabels")));
        }
        for (Tree expression : selector.trees("matchExpressions")) {
            String key = expression.text("key", "");
            String values = "(" + String.join(",", expression.texts("values")) + ")";
            parts.add(
                    switch (expression.text("operator", "")) {
                        case "In" -> key + " in " + values;
                        case "NotIn" -> key + " notin " + values;
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return Tables.orNone(String.join(",", parts));
    }
}
