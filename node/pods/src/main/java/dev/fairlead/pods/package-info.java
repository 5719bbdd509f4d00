/**
 * Runs the pods that are bound to this node as local processes. {@link dev.fairlead.pods.Pods} is told of pod objects and
 * keeps one owner (a virtual thread with a mailbox) for each; the owner starts, probes, restarts and ends the pod's
 * processes and writes its status.
 *
 * <p>Invariants: every mutable object belongs to one owner; what the next life must know is in the pod's record before
 * anything depends on it (design decision 7); a pod's status is never lost, only replaced by a newer one; a process is
 * asked to end only after the data planes have said that no new connection goes there, or the bound has passed
 * (design decision 8).
 *
 * <p>Start reading at {@code Pods}, then {@code PodOwner}, which puts together one pod: {@code PodPlace} (network), {@code
 * Containers} (the order among them), {@code StatusReport}, {@code PodEnd}. A container is a {@code ContainerRun}: it asks
 * {@code ContainerLife} whether a process is due, has {@code ContainerStart} start it, and {@code ContainerProcess} is the one
 * that runs. What that really is, a process of this machine or an actor inside this JVM ({@link dev.fairlead.pods.played}), is
 * behind {@code Occupant}; nothing else knows the difference.
 */
package dev.fairlead.pods;
