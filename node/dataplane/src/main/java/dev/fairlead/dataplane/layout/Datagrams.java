// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.layout;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.TrafficPolicy;
import dev.fairlead.core.routes.Backend;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.core.routes.Origin;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.core.routes.Treatment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which flows of datagrams the kernel must forget after a change. A UDP "connection" lives on in the kernel as long as its
 * client sends, even to an endpoint that is gone; nobody resets it, so somebody has to look.
 *
 * <p>A flow is misled when its endpoint serves its Service port no more (one that ends and still answers does serve), when
 * the policy has come to forbid it, when it was made while there was no endpoint, when its Service is gone, or when its
 * endpoint sees the wrong one of the client's and the node's address. All others go on.
 *
 * @param touched frontends that changed
 */
public record Datagrams(RouteTable table, Set<Frontend> touched) {
    /**
     * A flow as it is tracked.
     *
     * @param endpoint who answers
     * @param masqueraded whether the endpoint sees another address than the client's
     */
    public record Tracked(IpAddress client, IpAddress asked, int port, Slot endpoint, boolean masqueraded) {}

    /** Whether the flow is to be forgotten. */
    public boolean misled(Tracked flow) {
        Frontend virtual = Frontend.at(flow.asked, Protocol.UDP, flow.port);
        Frontend nodePort = Frontend.nodePort(flow.asked.family(), Protocol.UDP, flow.port);
        boolean atNode = table.nodePortAddresses().contains(flow.asked);
        if (!touched.contains(virtual) && !(atNode && touched.contains(nodePort))) {
            return false;
        }
        Entrance entrance = table.entrance(virtual);
        if (entrance == null && atNode) {
            entrance = table.entrance(nodePort);
        }
        return entrance == null || !right(entrance, flow);
    }

    private boolean right(Entrance entrance, Tracked flow) {
        Origin origin = table.origin(flow.client);
        Treatment treatment = entrance.treatment(origin, table.settings());
        Backend backend = backend(entrance, flow.endpoint);
        if (backend == null || treatment.backends().isEmpty() || !entrance.admits(flow.client)) {
            return false;
        }
        if (treatment.policy() == TrafficPolicy.LOCAL && !backend.local()) {
            return false;
        }
        boolean itself = backend.address().equals(flow.client);
        return origin == Origin.NODE || itself || treatment.masqueraded() == flow.masqueraded;
    }

    private static @Nullable Backend backend(Entrance entrance, Slot endpoint) {
        for (Backend backend : entrance.route().endpoints()) {
            if (Slot.of(backend).equals(endpoint) && (backend.ready() || backend.serving())) {
                return backend;
            }
        }
        return null;
    }
}
