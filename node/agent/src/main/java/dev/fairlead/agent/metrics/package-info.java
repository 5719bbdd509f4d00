/**
 * Numbers about following the API into the data plane, under kube-proxy's names, so that its dashboards and alerts go on
 * working. Start reading at {@code ProxyMetrics}.
 */
package dev.fairlead.agent.metrics;
