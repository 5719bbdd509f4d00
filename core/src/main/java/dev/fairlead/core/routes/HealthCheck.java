// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.ObjectName;

/**
 * What the health-check port of a Service with external policy Local answers on this node.
 *
 * @param port the node's port, 1 to 65535
 * @param localReady distinct addresses of ready endpoints on this node; healthy when above 0. Terminating ones do not
 *     count, though traffic may still fall back to them
 */
public record HealthCheck(ObjectName service, int port, int localReady) {}
