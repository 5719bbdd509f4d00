// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import java.util.List;

/** Which kind has which table. */
public final class Tables {
    private static final Table PLAIN = new Table(
            List.of(Column.called(), Column.text("Created At", "When the object was created.")),
            (object, _) -> List.of(name(object), object.tree("metadata").text("creationTimestamp", "<unknown>")));

    private Tables() {}

    /** The table of a kind. */
    public static Table of(Resource resource) {
        CustomKind custom = resource.custom();
        return custom != null ? CustomTable.of(custom) : builtIn(resource);
    }

    private static Table builtIn(Resource resource) {
        return switch (resource.qualified()) {
            case "services" -> NetworkTables.SERVICES;
            case "endpoints" -> NetworkTables.ENDPOINTS;
            case "endpointslices.discovery.k8s.io" -> NetworkTables.ENDPOINT_SLICES;
            case "ipaddresses.networking.k8s.io" -> NetworkTables.IP_ADDRESSES;
            case "servicecidrs.networking.k8s.io" -> NetworkTables.SERVICE_CIDRS;
            case "ingresses.networking.k8s.io" -> IngressTables.INGRESSES;
            case "ingressclasses.networking.k8s.io" -> IngressTables.INGRESS_CLASSES;
            case "networkpolicies.networking.k8s.io" -> NetworkTables.NETWORK_POLICIES;
            case "loadbalancerpools.fairlead.dev" -> NetworkTables.LOAD_BALANCER_POOLS;
            case "pods" -> PodTable.PODS;
            case "nodes" -> NodeTable.NODES;
            case "namespaces" -> PlainTables.NAMESPACES;
            case "deployments.apps" -> WorkloadTables.DEPLOYMENTS;
            case "replicasets.apps" -> WorkloadTables.REPLICA_SETS;
            case "statefulsets.apps" -> WorkloadTables.STATEFUL_SETS;
            case "scales.autoscaling" -> WorkloadTables.SCALES;
            case "controllerrevisions.apps" -> WorkloadTables.CONTROLLER_REVISIONS;
            case "configmaps" -> PlainTables.CONFIG_MAPS;
            case "secrets" -> PlainTables.SECRETS;
            case "serviceaccounts" -> PlainTables.SERVICE_ACCOUNTS;
            case "leases.coordination.k8s.io" -> PlainTables.LEASES;
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" ->
                BindingTable.BINDINGS;
            case "events" -> EventTable.EVENTS;
            case "events.events.k8s.io" -> EventTable.NEW_EVENTS;
            default -> PLAIN;
        };
    }

    static String name(Tree object) {
        return object.tree("metadata").text("name", "");
    }

    /** The first {@code most} of {@code items} joined by commas, and how many more there are. */
    static String some(List<String> items, int most) {
        return items.size() <= most
                ? String.join(",", items)
                : String.join(",", items.subList(0, most)) + " + " + (items.size() - most) + " more...";
    }

    static String orNone(String text) {
        return text.isEmpty() ? "<none>" : text;
    }
}
