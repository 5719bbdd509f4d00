// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.TrafficPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one Service of type LoadBalancer asks of the pools, and what it has.
 *
 * @param labels the Service's labels, for the pools' selectors
 * @param families the families it wants an address of, primary first
 * @param all whether it is in vain without an address of each
 * @param wished the addresses it asks for by name, at most one of a family
 * @param unreadable what it asks for and cannot be had: no address, or a second one of a family
 * @param pool the pool it asks for; empty for any
 * @param sharingKey those with an equal key may have an address together; empty for nobody
 * @param ports what it uses of an address
 * @param local the selector of the pods that alone may get its traffic where the node of arrival matters; null when it
 *     does not
 * @param held the addresses its status shows
 */
public record AddressClaim(
        ObjectName service,
        Map<String, String> labels,
        List<IpFamily> families,
        boolean all,
        List<IpAddress> wished,
        List<String> unreadable,
        String pool,
        String sharingKey,
        Set<Port> ports,
        @Nullable Map<String, String> local,
        List<IpAddress> held) {
    /** Which addresses a Service asks for, separated by commas; the second name is MetalLB's. */
    public static final List<String> IPS = List.of("fairlead.dev/load-balancer-ips", "metallb.io/loadBalancerIPs");
    /** Which pool it asks for. */
    public static final List<String> POOL = List.of("fairlead.dev/load-balancer-pool", "metallb.io/address-pool");
    /** With whom it would share an address. */
    public static final List<String> SHARING_KEY =
            List.of("fairlead.dev/load-balancer-sharing-key", "metallb.io/allow-shared-ip");

    /** One port of one protocol. */
    public record Port(Protocol protocol, int number) {
        @Override
        public String toString() {
            return protocol + " " + number;
        }
    }

    /** What a Service asks; its annotations come before {@code loadBalancerIP}. */
    public static AddressClaim of(Service service) {
        Map<String, String> annotations = service.meta().annotations();
        String wish = annotation(annotations, IPS).orElse(service.loadBalancer().ip());
        List<IpAddress> wished = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (String text : wish.isBlank() ? new String[0] : wish.split(",", -1)) {
            Optional<IpAddress> address = IpAddress.parse(text.strip());
            boolean second = address.isPresent()
                    && wished.stream()
                            .anyMatch(one -> one.family() == address.get().family());
            if (address.isEmpty() || second) {
                unreadable.add(text.strip());
            } else {
                wished.add(address.get());
            }
        }
        Set<Port> ports = new LinkedHashSet<>();
        service.ports().forEach(port -> ports.add(new Port(port.protocol(), port.port())));
        return new AddressClaim(
                service.name(),
                service.meta().labels(),
                service.ipFamilies(),
                service.loadBalancer().needsAllFamilies(),
                List.copyOf(wished),
                List.copyOf(unreadable),
                annotation(annotations, POOL).orElse(""),
                annotation(annotations, SHARING_KEY).orElse(""),
                Set.copyOf(ports),
                local(service),
                service.ingress().stream()
                        .flatMap(ingress -> ingress.ip().stream())
                        .toList());
    }

    private static Optional<String> annotation(Map<String, String> annotations, List<String> names) {
        return names.stream()
                .map(name -> annotations.getOrDefault(name, "").strip())
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    private static @Nullable Map<String, String> local(Service service) {
        if (service.externalTrafficPolicy() != TrafficPolicy.LOCAL) {
            return null;
        }
        Map<String, String> selector = service.selector();
        return selector == null ? Map.of() : selector;
    }

    /** The address of a family that it asks for by name, or null. */
    @Nullable
    IpAddress wish(IpFamily family) {
        return wished.stream().filter(one -> one.family() == family).findFirst().orElse(null);
    }

    /** Why the two may not have one address together, in a pool that allows sharing; null when they may. */
    @Nullable
    String conflict(AddressClaim other) {
        if (sharingKey.isEmpty() || !sharingKey.equals(other.sharingKey)) {
            return "their sharing keys are not equal";
        }
        for (Port port : ports) {
            if (other.ports.contains(port)) {
                return "both use " + port;
            }
        }
        boolean samePods = service.namespace().equals(other.service.namespace())
                && local != null
                && !local.isEmpty()
                && local.equals(other.local);
        boolean anywhere = local == null && other.local == null;
        return anywhere || samePods
                ? null
                : "with externalTrafficPolicy Local both must select the same pods, or announcing the address for one"
                        + " would lead astray the traffic of the other";
    }
}
