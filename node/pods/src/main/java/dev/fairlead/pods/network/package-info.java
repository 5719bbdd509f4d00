/**
 * Where a pod's processes live on the network. {@link dev.fairlead.pods.network.PodNetwork} is the contract; its
 * implementations are {@code KernelNetwork} (a network and a mount namespace of the pod's own, also rootless) and
 * {@code LoopbackNetwork} (an address out of 127/8 and nothing else).
 *
 * <p>Invariants: an address belongs to at most one pod, and to the same pod after a restart, because it is in the pod's
 * record before anything uses it; a sandbox outlives this process until {@code end} is called.
 */
package dev.fairlead.pods.network;
