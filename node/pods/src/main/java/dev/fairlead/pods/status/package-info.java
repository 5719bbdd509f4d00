/**
 * A pod's status, decided from what was observed of its processes: {@link dev.fairlead.pods.status.PodStatus} writes the
 * tree that a kubelet would write, {@link dev.fairlead.pods.status.Backoff} decides when a container starts again. Pure;
 * time is an argument. Follows the pod lifecycle as Kubernetes documents it, KEP-3085 (PodReadyToStartContainers) and
 * KEP-5067 (observedGeneration).
 */
package dev.fairlead.pods.status;
