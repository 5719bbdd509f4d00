/**
 * Asks containers how they do. {@link dev.fairlead.pods.probe.Tally} counts answers against thresholds (pure),
 * {@link dev.fairlead.pods.probe.Prober} asks at the right times, {@link dev.fairlead.pods.probe.Actions} does the asking:
 * HTTP, TCP, gRPC, and {@link dev.fairlead.pods.probe.Exec} for commands in the pod.
 *
 * <p>Invariant: a prober tells its owner of changes and of failures, on a thread of its own; the owner decides what follows.
 */
package dev.fairlead.pods.probe;
