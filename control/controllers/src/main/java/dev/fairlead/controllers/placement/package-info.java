/**
 * Gives pods a node: {@link dev.fairlead.controllers.placement.Placement} chooses, {@code Scheduler} writes. The choice
 * is the simplest that spreads: a ready, schedulable node whose labels fit, with the fewest pods.
 */
package dev.fairlead.controllers.placement;
