/**
 * A pod's specification as far as processes need it: {@link dev.fairlead.pods.definition.PodSpec} and what hangs below
 * it, read once from the value tree of a pod that the API server has defaulted and validated. Pure values; start reading
 * at {@code PodSpec}.
 */
package dev.fairlead.pods.definition;
