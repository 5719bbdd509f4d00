/**
 * Which backends each frontend of a node has, for whom, with which fallback: the one truth about traffic that every data
 * plane carries out and {@code explain} shows (kubernetes-rules as of Kubernetes 1.36, KEP-1669 terminating endpoints,
 * KEP-2433 and KEP-3015 topology, KEP-2086 internal traffic policy). Start reading at {@code RouteTable}.
 */
@Pure
package dev.fairlead.core.routes;

import dev.fairlead.core.Pure;
