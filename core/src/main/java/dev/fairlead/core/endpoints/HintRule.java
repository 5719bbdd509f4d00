// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Service;
import java.util.Map;

/**
 * Which hints a Service asks for its endpoints: by the field {@code trafficDistribution} (KEP-4444, KEP-3015), or by the
 * older annotation of topology mode, which takes precedence (KEP-2433).
 */
public enum HintRule {
    /** None. */
    NONE,
    /** Each ready endpoint for its own zone. */
    SAME_ZONE,
    /** Each ready endpoint for its own zone and its own node. */
    SAME_NODE,
    /** Ready endpoints shared out among the zones in proportion to their processors. */
    AUTO;

    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String DEPRECATED_MODE = "service.kubernetes.io/topology-aware-hints";

    /** What {@code service} asks for. */
    public static HintRule of(Service service) {
        Map<String, String> annotations = service.meta().annotations();
        String mode = annotations.getOrDefault(DEPRECATED_MODE, annotations.getOrDefault(MODE, ""));
        if (mode.equals("Auto") || mode.equals("auto")) {
            return AUTO;
        }
        return switch (service.trafficDistribution()) {
            case "PreferClose", "PreferSameZone" -> SAME_ZONE;
            case "PreferSameNode" -> SAME_NODE;
            case null, default -> NONE;
        };
    }
}
