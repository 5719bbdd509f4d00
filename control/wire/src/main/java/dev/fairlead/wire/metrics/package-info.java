/**
 * Numbers about a running part, in Prometheus' text format. Start reading at {@link dev.fairlead.wire.metrics.Metrics}; a
 * part makes its own and hands it to whoever serves {@code /metrics}. Names are Kubernetes' where Kubernetes has the number.
 */
package dev.fairlead.wire.metrics;
