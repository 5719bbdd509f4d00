/**
 * What nodes may do, after Kubernetes' node authorizer and its admission plugin NodeRestriction. {@link
 * dev.fairlead.apiserver.access.node.NodeAuthorizer} lets a node ({@code system:node:NAME} in {@code system:nodes}) read only the
 * Secrets and ConfigMaps of pods bound to it, which {@link dev.fairlead.apiserver.access.node.PodReferences} knows, and write only its
 * own Node, Lease and pods; {@link dev.fairlead.apiserver.access.node.NodeRestriction} looks at what it writes. What a node may do
 * beyond that, roles say.
 */
package dev.fairlead.apiserver.access.node;
