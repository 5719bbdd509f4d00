// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static dev.fairlead.core.definition.Traits.Generation.NONE;
import static dev.fairlead.core.definition.Traits.Generation.SPEC;

/** Which rules each kind has. A kind without rules of its own is kept as it is, its metadata checked. */
public final class Definitions {
    private Definitions() {}

    /**
     * The rules of a kind.
     *
     * @param group the API group, empty for the core group
     * @param kind the kind's name: {@code Service}
     */
    public static Definition of(String group, String kind) {
        return switch (group) {
            case "" -> core(kind);
            case "apps" -> apps(kind);
            case "discovery.k8s.io" -> new EndpointSliceDefinition();
            case "coordination.k8s.io" -> new LeaseDefinition();
            case "fairlead.dev" -> new LoadBalancerPoolDefinition();
            case "events.k8s.io" -> new EventDefinition(true);
            case "networking.k8s.io" ->
                switch (kind) {
                    case "IPAddress" -> new IpAddressDefinition();
                    case "ServiceCIDR" -> new ServiceCidrDefinition();
                    case "Ingress" -> new IngressDefinition();
                    case "IngressClass" -> new IngressClassDefinition();
                    case "NetworkPolicy" -> new NetworkPolicyDefinition();
                    default -> plain(SPEC);
                };
            case "rbac.authorization.k8s.io" ->
                switch (kind) {
                    case "Role" -> new RoleDefinition(false);
                    case "ClusterRole" -> new RoleDefinition(true);
                    case "RoleBinding" -> new RoleBindingDefinition(false);
                    default -> new RoleBindingDefinition(true);
                };
            default -> plain(SPEC);
        };
    }

    private static Definition core(String kind) {
        return switch (kind) {
            case "Service" -> new ServiceDefinition();
            case "Endpoints" -> new EndpointsDefinition();
            case "Namespace" -> new NamespaceDefinition();
            case "Node" -> new NodeDefinition();
            case "Pod" -> new PodDefinition();
            case "ConfigMap" -> new ConfigDefinition(false);
            case "Secret" -> new ConfigDefinition(true);
            case "Event" -> new EventDefinition(false);
            default -> plain(NONE);
        };
    }

    private static Definition apps(String kind) {
        return switch (kind) {
            case "Deployment" -> new WorkloadDefinition(true);
            case "ReplicaSet" -> new WorkloadDefinition(false);
            case "StatefulSet" -> new StatefulSetDefinition();
            case "ControllerRevision" -> new ControllerRevisionDefinition();
            default -> plain(SPEC);
        };
    }

    private static Definition plain(Traits.Generation generation) {
        Traits traits = new Traits(Traits.NameRule.SUBDOMAIN, generation, false, true);
        return () -> traits;
    }
}
