/**
 * What an agent in a cluster that others run needs to know and to keep: where the API really is ({@link
 * dev.fairlead.agent.cluster.ApiAddress}, {@link dev.fairlead.agent.cluster.ClusterMemory}), which clients are pods
 * ({@link dev.fairlead.agent.cluster.LocalPods}), the limits of connection tracking, and how others ask the running agent to
 * end. The agent itself is {@code ClusterNode} of the package above.
 */
package dev.fairlead.agent.cluster;
