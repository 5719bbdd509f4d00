/**
 * Follows pods and writes the EndpointSlices of the Services that select them ({@code Slices}); says when a selector
 * matches nothing ({@code Matchless}); tells an ending pod's node which slice revision took the pod out of rotation
 * ({@code PodEnds}). What a slice should be is decided by
 * {@link dev.fairlead.core.endpoints.SlicePlan}; who selects whom is {@code Selecting}; the zones that hints are computed
 * from are {@code Topology}'s; the legacy Endpoints objects are written by {@code LegacyEndpoints}, and those that people
 * write are turned into slices by {@code Mirroring}.
 *
 * <p>Invariants: one pod's change costs work for the Services that select it, whatever else there is; slices that carry
 * another author's mark are never touched; between two writes no endpoint is missing that is there before and after.
 */
package dev.fairlead.controllers.slices;
