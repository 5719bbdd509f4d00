// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settles which IP families a Service has. */
public final class ServiceFamilies {
    private ServiceFamilies() {}

    /** Fills in {@code ipFamilies} and {@code ipFamilyPolicy}; what is wrong with them. */
    public static List<Invalid> settle(Draft service, @Nullable Tree old, ClusterNetwork network) {
        ServiceShape shape = new ServiceShape(service.view());
        if (!shape.externalName()) {
            service.child("spec")
                    .fill("ipFamilies", List.of(network.primaryFamily().text()));
            service.child("spec").fillText("ipFamilyPolicy", "SingleStack");
        }
        return List.of();
    }
}
