// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

/** How a Service is reached. */
public enum ServiceType {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_NAME("ExternalName");

    private final String text;

    ServiceType(String text) {
        this.text = text;
    }

    /** How Kubernetes writes it. */
    public String text() {
        return text;
    }

    /** The type of that name; ClusterIP when absent or unknown. */
    static ServiceType read(String text) {
        for (ServiceType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        return CLUSTER_IP;
    }
}
