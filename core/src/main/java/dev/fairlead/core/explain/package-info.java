/**
 * Why a Service does not work: from evidence to causes and fixes, without any I/O.
 *
 * <p>{@link dev.fairlead.core.explain.Evidence} is everything that was seen, gathered elsewhere in one place; {@link
 * dev.fairlead.core.explain.Explanation} is what follows from it: the steps from the Service's definition to real
 * connections, what was found and expected at each, and the causes, the likeliest first. {@link
 * dev.fairlead.core.explain.NodeReport} is what a node's agent adds, with a fixed schema.
 *
 * <p>Invariants: an explanation depends on nothing but its evidence; a Service at which nothing is wrong has no cause at
 * all; what merely follows from a cause is none itself. This package alone may see the other stages: it asks {@code routes}
 * where a packet goes, so that it cannot say anything else than what happens. Start reading at {@code Explanation}, then {@code Examination}.
 */
@Pure
package dev.fairlead.core.explain;

import dev.fairlead.core.Pure;
