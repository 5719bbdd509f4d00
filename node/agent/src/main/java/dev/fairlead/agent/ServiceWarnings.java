// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.agent.health.ServiceHealth;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.record.Events;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.dataplane.DataPlane;
import java.util.List;

/**
 * Tells a Service, as events, what this node cannot do for it.
 *
 * @param node its name
 */
record ServiceWarnings(Informer<Service> services, Events events, String node) {
    /** Frontends that cannot be bound here, or not everywhere. */
    void unbound(List<DataPlane.Problem> problems) {
        for (DataPlane.Problem problem : problems) {
            warn(
                    problem.service(),
                    "FrontendNotBound",
                    problem.frontend() + " cannot be bound on node " + node + ": " + problem.reason());
        }
    }

    /** Health-check ports that cannot be opened here. */
    void unanswered(List<ServiceHealth.Failure> failures) {
        for (ServiceHealth.Failure failure : failures) {
            warn(
                    failure.service(),
                    "FailedToStartServiceHealthcheck",
                    "node " + node + " cannot answer health checks at " + failure.at() + ": " + failure.reason());
        }
    }

    private void warn(ObjectName name, String reason, String message) {
        Service service = services.get(name);
        if (service != null) {
            events.warning(Events.About.of("v1", "Service", service.meta()), reason, message);
        }
    }
}
