/**
 * Pods whose containers are played inside this JVM instead of being processes: the same life (status, probes, restarts with
 * back-off, hooks, grace, logs, addresses), other performers. Made for tests, where whoever asks for a {@code Service} wants
 * a pod behind it and no container runtime.
 *
 * <p>{@link dev.fairlead.pods.played.Cast} is given to a node by {@code PodSettings.withCast} and asked each time a container
 * is due to be started; it is shown the {@link dev.fairlead.pods.played.Role} and answers with an {@link
 * dev.fairlead.pods.played.Actor}, or with null for an ordinary process.
 *
 * <p>What differs from a process: a container needs no {@code command}; {@code volumeMounts} are ignored; {@code exec} probes
 * are not asked and {@code exec} hooks succeed at once, because there is nothing to run them in; {@code kubectl exec} is
 * refused. An actor ends with the node's {@code Pods}: nobody adopts it in the next life, which starts the container again.
 *
 * <p>Invariant: when all containers of a node are played on the loopback network, nothing is spawned and no native code is
 * called.
 */
package dev.fairlead.pods.played;
