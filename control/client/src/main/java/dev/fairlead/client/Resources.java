// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;

/** The kinds that Fairlead's own parts ask about, out of {@code wire}'s table. */
public final class Resources {
    private static final Kinds SERVED = Kinds.served();

    public static final Resource NAMESPACES = SERVED.require("v1", "Namespace");
    public static final Resource SERVICES = SERVED.require("v1", "Service");
    public static final Resource ENDPOINTS = SERVED.require("v1", "Endpoints");
    public static final Resource PODS = SERVED.require("v1", "Pod");
    public static final Resource NODES = SERVED.require("v1", "Node");
    public static final Resource EVENTS = SERVED.require("v1", "Event");
    public static final Resource CONFIG_MAPS = SERVED.require("v1", "ConfigMap");
    public static final Resource SECRETS = SERVED.require("v1", "Secret");
    public static final Resource SERVICE_ACCOUNTS = SERVED.require("v1", "ServiceAccount");
    public static final Resource DEPLOYMENTS = SERVED.require("apps/v1", "Deployment");
    public static final Resource REPLICA_SETS = SERVED.require("apps/v1", "ReplicaSet");
    public static final Resource STATEFUL_SETS = SERVED.require("apps/v1", "StatefulSet");
    public static final Resource CONTROLLER_REVISIONS = SERVED.require("apps/v1", "ControllerRevision");
    public static final Resource ENDPOINT_SLICES = SERVED.require("discovery.k8s.io/v1", "EndpointSlice");
    public static final Resource INGRESSES = SERVED.require("networking.k8s.io/v1", "Ingress");
    public static final Resource IP_ADDRESSES = SERVED.require("networking.k8s.io/v1", "IPAddress");
    public static final Resource SERVICE_CIDRS = SERVED.require("networking.k8s.io/v1", "ServiceCIDR");
    public static final Resource DEFINITIONS = SERVED.require("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    public static final Resource LEASES = SERVED.require("coordination.k8s.io/v1", "Lease");
    public static final Resource LOAD_BALANCER_POOLS = SERVED.require("fairlead.dev/v1alpha1", "LoadBalancerPool");

    private Resources() {}
}
