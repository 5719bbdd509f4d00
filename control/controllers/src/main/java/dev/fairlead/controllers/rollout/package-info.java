/**
 * Decides how a Deployment moves from one template to the next, and what its status says: records in, steps out. The
 * rules are those of Kubernetes' apps/v1 Deployment; start reading at {@link dev.fairlead.controllers.rollout.Rollout}.
 */
@Pure
package dev.fairlead.controllers.rollout;

import dev.fairlead.core.Pure;
