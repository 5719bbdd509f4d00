// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.provider;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service.Ingress;
import java.util.List;
import java.util.Optional;

/**
 * What a Service has of a load balancer now.
 *
 * @param ingress its addresses and names, for its status
 * @param complete whether that is all it asked for
 * @param reason one word in CamelCase
 * @param message a sentence for people: where the address is from, or what stands in the way and what would help
 */
public record LoadBalancerAnswer(List<Ingress> ingress, boolean complete, String reason, String message) {
    /** Copies, and requires the word: without it a condition is not valid. */
    public LoadBalancerAnswer {
        ingress = List.copyOf(ingress);
        if (reason.isEmpty()) {
            throw new IllegalArgumentException("an answer needs a reason");
        }
    }

    /** The Service has what it asked for. */
    public static LoadBalancerAnswer given(List<Ingress> ingress, String message) {
        return new LoadBalancerAnswer(ingress, true, "Assigned", message);
    }

    /** The Service has to wait, and perhaps keeps what it has meanwhile. */
    public static LoadBalancerAnswer waiting(List<Ingress> kept, String reason, String message) {
        return new LoadBalancerAnswer(kept, false, reason, message);
    }

    /** An address that nodes themselves handle, as if it were their own. */
    public static Ingress virtual(IpAddress address) {
        return new Ingress(Optional.of(address), "", true);
    }

    /** An address of a proxy that connects to nodes by node ports. */
    public static Ingress proxied(IpAddress address) {
        return new Ingress(Optional.of(address), "", false);
    }

    /** A name that leads to the load balancer. */
    public static Ingress named(String hostname) {
        return new Ingress(Optional.empty(), hostname, true);
    }
}
