// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers;

import dev.fairlead.client.record.Events;
import dev.fairlead.core.definition.Deployment;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.ReplicaSet;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.StatefulSet;

/** What events of controllers are about. */
public final class Told {
    private Told() {}

    /** A Deployment. */
    public static Events.About about(Deployment deployment) {
        return Events.About.of("apps/v1", "Deployment", deployment.meta());
    }

    /** A ReplicaSet. */
    public static Events.About about(ReplicaSet set) {
        return Events.About.of("apps/v1", "ReplicaSet", set.meta());
    }

    /** A StatefulSet. */
    public static Events.About about(StatefulSet set) {
        return Events.About.of("apps/v1", "StatefulSet", set.meta());
    }

    /** A pod. */
    public static Events.About about(Pod pod) {
        return Events.About.of("v1", "Pod", pod.meta());
    }

    /** A Service. */
    public static Events.About about(Service service) {
        return Events.About.of("v1", "Service", service.meta());
    }
}
