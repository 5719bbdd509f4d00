/**
 * Decides which pods of a StatefulSet to make and to end next, and what its status says: records in, steps out. The rules
 * are those of Kubernetes' apps/v1 StatefulSet (KEP-961 for {@code maxUnavailable}, KEP-3335 for the number of the first
 * pod); start reading at {@link dev.fairlead.controllers.stateful.Order}.
 */
@Pure
package dev.fairlead.controllers.stateful;

import dev.fairlead.core.Pure;
