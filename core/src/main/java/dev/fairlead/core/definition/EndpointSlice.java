// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;

/**
 * A part of a Service's endpoints, discovery.k8s.io/v1.
 *
 * @param addressType {@code IPv4}, {@code IPv6} or {@code FQDN}
 */
public record EndpointSlice(ObjectMeta meta, String addressType, List<Endpoint> endpoints, List<EndpointPort> ports) {
    /** The label that names a slice's Service. */
    public static final String SERVICE_NAME = "kubernetes.io/service-name";

    /** The label that names the slice's author. */
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /** Reads a slice. */
    public static EndpointSlice from(Tree object) {
        return new EndpointSlice(
                ObjectMeta.from(object),
                object.text("addressType", "IPv4"),
                object.trees("endpoints").stream().map(Endpoint::from).toList(),
                List.copyOf(
                        object.trees("ports").stream().map(EndpointPort::from).toList()));
    }

    /** The Service this slice belongs to; its name is empty when the label is missing. */
    public ObjectName service() {
        return new ObjectName(meta.namespace(), meta.labels().getOrDefault(SERVICE_NAME, ""));
    }

    /** Whether that author, as the label names it, keeps this slice. */
    public boolean managedBy(String author) {
        return author.equals(meta.labels().get(MANAGED_BY));
    }
}
