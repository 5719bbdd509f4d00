/**
 * Deployments and ReplicaSets of apps/v1: {@code Deployments} carries out the steps that
 * {@link dev.fairlead.controllers.rollout.Rollout} decides, {@code ReplicaSets} keeps as many pods as were asked for;
 * which pods to end first is {@code Preference}.
 */
package dev.fairlead.controllers.workloads;
