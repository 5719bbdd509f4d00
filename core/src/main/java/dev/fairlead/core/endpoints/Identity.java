// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.endpoints;

import dev.fairlead.core.definition.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What makes an endpoint the same one over time; the uid of the pod behind it is not part of it. */
record Identity(List<String> addresses, @Nullable String hostname, String target) {
    static Identity of(Endpoint endpoint) {
        Endpoint.TargetRef ref = endpoint.target();
        List<String> addresses = endpoint.addresses();
        return new Identity(
                addresses.size() < 2 ? addresses : addresses.stream().sorted().toList(),
                endpoint.hostname(),
                ref == null ? "" : ref.namespace() + "/" + ref.name());
    }
}
