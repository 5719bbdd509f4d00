/**
 * The volumes of pods: {@link dev.fairlead.pods.volume.Volumes} makes their directories below the pod's own, writes the
 * files of ConfigMaps, Secrets and fields of the pod whenever a container starts, and says which of them are mounted where.
 *
 * <p>Pods share the machine's file system, so a volume can only be shown over something that is there, and only in a mount
 * namespace of the pod's own; where that is not possible the reason says what to change, and nothing on the machine is.
 */
package dev.fairlead.pods.volume;
