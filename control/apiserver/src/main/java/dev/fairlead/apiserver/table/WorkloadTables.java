// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.LabelSelector;
import dev.fairlead.core.definition.ObjectMeta;
import dev.fairlead.core.definition.OwnerReference;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of what keeps pods. */
final class WorkloadTables {
    static final Table DEPLOYMENTS = table(
            List.of(
                    Column.text("Ready", "Pods that are ready, of those wanted."),
                    Column.number("Up-to-date", "Pods of the newest revision."),
                    Column.number("Available", "Pods that have been ready long enough.")),
            (deployment, now) -> {
                Tree status = deployment.tree("status");
                return List.of(
                        status.whole("readyReplicas", 0) + "/"
                                + deployment.tree("spec").whole("replicas", 0),
                        status.whole("updatedReplicas", 0),
                        status.whole("availableReplicas", 0));
            });

    static final Table SCALES = new Table(
            List.of(
                    Column.called(),
                    Column.number("Desired", "Pods that are wanted."),
                    Column.number("Available", "Pods that are there."),
                    Column.age()),
            (scale, now) -> List.of(
                    name(scale),
                    scale.tree("spec").whole("replicas", 0),
                    scale.tree("status").whole("replicas", 0),
                    Age.of(scale, now)));

    static final Table REPLICA_SETS = table(
            List.of(
                    Column.number("Desired", "Pods that are wanted."),
                    Column.number("Current", "Pods that are there."),
                    Column.number("Ready", "Pods that are ready.")),
            (set, now) -> List.of(
                    set.tree("spec").whole("replicas", 0),
                    set.tree("status").whole("replicas", 0),
                    set.tree("status").whole("readyReplicas", 0)));

    static final Table STATEFUL_SETS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Ready", "Pods that are ready, of those wanted."),
                    Column.age(),
                    Column.wide("Containers", "The names of the containers."),
                    Column.wide("Images", "The images of the containers.")),
            (set, now) -> List.of(
                    name(set),
                    set.tree("status").whole("readyReplicas", 0) + "/"
                            + set.tree("spec").whole("replicas", 0),
                    Age.of(set, now),
                    containers(set, "name"),
                    containers(set, "image")));

    static final Table CONTROLLER_REVISIONS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Controller", "Whose template it is."),
                    Column.text("Revision", "The greater, the later it was wanted."),
                    Column.age()),
            (revision, now) -> List.of(
                    name(revision), controller(revision), revision.whole("revision", 0), Age.of(revision, now)));

    private WorkloadTables() {}

    private static String controller(Tree object) {
        OwnerReference owner = ObjectMeta.from(object).controller();
        if (owner == null) {
            return "<none>";
        }
        String version = owner.apiVersion();
        String group = version.contains("/") ? "." + version.substring(0, version.indexOf('/')) : "";
        return owner.kind().toLowerCase(Locale.ROOT) + group + "/" + owner.name();
    }

    /** What is counted of a workload's pods, between its name and what every workload shows. */
    private static Table table(List<Column> counts, Table.Cells counted) {
        List<Column> columns = new ArrayList<>(List.of(Column.called()));
        columns.addAll(counts);
        columns.addAll(List.of(
                Column.age(),
                Column.wide("Containers", "The names of the containers."),
                Column.wide("Images", "The images of the containers."),
                Column.wide("Selector", "The labels of its pods.")));
        return new Table(List.copyOf(columns), (workload, now) -> {
            List<Object> cells = new ArrayList<>(List.of(name(workload)));
            cells.addAll(counted.of(workload, now));
            cells.addAll(List.of(
                    Age.of(workload, now),
                    containers(workload, "name"),
                    containers(workload, "image"),
                    selector(workload)));
            return cells;
        });
    }

    private static String containers(Tree workload, String field) {
        return String.join(
                ",",
                workload.tree("spec").tree("template").tree("spec").trees("containers").stream()
                        .map(container -> container.text(field, ""))
                        .toList());
    }

    private static String selector(Tree workload) {
        return Tables.orNone(
                LabelSelector.from(workload.tree("spec").tree("selector")).toString());
    }
}
