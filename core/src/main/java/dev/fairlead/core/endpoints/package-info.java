/**
 * Services, Pods and Nodes become EndpointSlices and the legacy Endpoints: which pods are behind a Service, in which
 * state, at which ports, and how they are packed into objects with few writes (KEP-752, KEP-1672, KEP-2433). Every pod
 * that is left out is left out for a reason that is said. Start reading at {@code SlicePlan}.
 */
@Pure
package dev.fairlead.core.endpoints;

import dev.fairlead.core.Pure;
