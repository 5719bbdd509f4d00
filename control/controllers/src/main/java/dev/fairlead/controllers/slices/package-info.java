/**
 * Follows pods and writes the EndpointSlices of the Services that select them ({@code Slices}); says when a selector
 * matches nothing ({@code Matchless}); tells an ending pod's node which slice revision took the pod out of rotation
 * ({@code PodEnds}). What a slice should be is decided by
 * {@link dev.fairlead.core.endpoints.SlicePlan}; who selects whom is {@code Selecting}; the legacy Endpoints objects are
 * written by {@code LegacyEndpoints}.
 */
package dev.fairlead.controllers.slices;
