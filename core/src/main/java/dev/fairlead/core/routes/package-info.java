/**
 * Where a packet for a Service goes on one node, decided once for every data plane.
 *
 * <p>{@link dev.fairlead.core.routes.RouteTable} is the whole answer for one node: for each {@link
 * dev.fairlead.core.routes.Frontend} (address or node-port scope, protocol, port) the {@link
 * dev.fairlead.core.routes.Entrance} with its {@link dev.fairlead.core.routes.Route}. {@code of} decides from everything,
 * {@code with} from one change at the cost of one Service; both always give equal tables. {@link
 * dev.fairlead.core.routes.Difference} is what a data plane programs, {@code trace} what every data plane must do with a
 * packet, and why.
 *
 * <p>Invariants: lists of backends are sorted by address and port; a frontend has one entrance even where several Services
 * claim it (see {@link dev.fairlead.core.routes.Entrance}); an unchanged part is the same object in the next table.
 *
 * <p>Follows the Service proxy's rules: internal and external traffic policy (KEP-2086, KEP-3015), terminating fallback
 * (KEP-1669), ipMode (KEP-1860), hints (KEP-2433, KEP-4444), node ports on primary addresses (KEP-3866). Start reading at
 * {@code RouteTable}, then {@code Choice}.
 */
@Pure
package dev.fairlead.core.routes;

import dev.fairlead.core.Pure;
