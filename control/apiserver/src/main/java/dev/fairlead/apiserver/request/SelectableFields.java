// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** By which fields, beyond name and namespace, objects of a kind can be selected. */
final class SelectableFields {
    private static final Set<String> EVERYWHERE = Set.of("metadata.name", "metadata.namespace");
    private static final Set<String> PODS = Set.of(
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName");
    private static final Set<String> EVENTS = Set.of(
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type");

    private SelectableFields() {}

    static boolean has(Resource resource, String path) {
        CustomKind custom = resource.custom();
        return EVERYWHERE.contains(path)
                || (custom != null
                        ? custom.selectable().contains(path)
                        : of(resource).contains(path));
    }

    private static Set<String> of(Resource resource) {
        return switch (resource.qualified()) {
            case "services" -> Set.of("spec.clusterIP", "spec.type");
            case "pods" -> PODS;
            case "nodes" -> Set.of("spec.unschedulable");
            case "namespaces" -> Set.of("status.phase");
            case "secrets" -> Set.of("type");
            case "replicasets.apps" -> Set.of("status.replicas");
            case "events" -> EVENTS;
            default -> Set.of();
        };
    }

    /** The field as text; null when absent. */
    static @Nullable String read(Tree object, String path) {
        Tree at = object;
        String rest = path;
        for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
            at = at.tree(rest.substring(0, dot));
            rest = rest.substring(dot + 1);
        }
        Object value = at.value(rest);
        return switch (path) {
            case "spec.hostNetwork", "spec.unschedulable" -> value == null ? "false" : value.toString();
            case "source" -> at.tree(rest).text("component", "");
            default -> value == null ? null : value.toString();
        };
    }
}
