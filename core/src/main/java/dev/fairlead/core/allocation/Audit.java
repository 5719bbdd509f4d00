// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import dev.fairlead.core.allocation.Finding.Fault;
import dev.fairlead.core.allocation.Finding.Remedy;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.PortRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares what Services hold with what is reserved, one Service or one reservation at a time. A Service is always right
 * about what it holds: it is the reservation that is made or ended. Only where two Services hold the same thing nobody can
 * decide but people.
 *
 * @param blocks the blocks of all ServiceCIDRs, also of those that give no addresses just now
 * @param nodePorts where node ports come from
 * @param now the time of the comparison
 * @param seen what is stored
 */
public record Audit(List<Cidr> blocks, PortRange nodePorts, Instant now, Seen seen) {
    /** How long a reservation may be there before its Service is. */
    public static final Duration GRACE = Duration.ofSeconds(60);

    private static final Remedy TELL = new Remedy.Tell();
    private static final Remedy RELEASE = new Remedy.Release();

    /** What is stored, as of one moment. */
    public interface Seen {
        /** A Service, or null. */
        @Nullable
        Holdings service(ObjectName name);

        /** The reservation of an address, or null. */
        @Nullable
        Reservation address(IpAddress address);

        /** Who has reserved a node port, or null. */
        @Nullable
        ObjectName port(int port);
    }

    /** What is wrong about the ClusterIPs of a Service. */
    public List<Finding> addresses(Holdings service) {
        List<Finding> findings = new ArrayList<>();
        for (String text : service.clusterIps()) {
            Optional<IpAddress> parsed = IpAddress.parse(text);
            if (parsed.isEmpty()) {
                findings.add(new Finding(
                        Fault.CLUSTER_IP_NOT_VALID,
                        "the ClusterIP " + text + " is not a valid IP address; create the Service anew",
                        TELL));
            } else {
                address(parsed.get(), service).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private Optional<Finding> address(IpAddress address, Holdings service) {
        String what = "the ClusterIP " + address + " (" + address.family().text() + ")";
        if (blocks.stream().noneMatch(block -> new ClusterIpAllocation(block).contains(address))) {
            return Optional.of(new Finding(
                    Fault.CLUSTER_IP_OUT_OF_RANGE,
                    what + " is in no ServiceCIDR; create the Service anew, or a ServiceCIDR around it",
                    TELL));
        }
        Reservation found = seen.address(address);
        if (found == null) {
            return Optional.of(reserve(address, service, what + " was not reserved; it is now"));
        }
        if (found.ofService() && found.parent().equals(service.service())) {
            return found.labelled()
                    ? Optional.empty()
                    : Optional.of(
                            reserve(address, service, what + " was reserved without its labels; it is whole now"));
        }
        Holdings other = found.ofService() ? seen.service(found.parent()) : null;
        if (other != null && other.has(address)) {
            return Optional.of(new Finding(
                    Fault.CLUSTER_IP_ALREADY_ALLOCATED,
                    what + " is also that of Service " + other.service() + "; create one of the two anew",
                    TELL));
        }
        return Optional.of(
                reserve(address, service, what + " was reserved for something else; it is this Service's now"));
    }

    private static Finding reserve(IpAddress address, Holdings service, String message) {
        return new Finding(Fault.CLUSTER_IP_NOT_ALLOCATED, message, new Remedy.Reserve(address, service.service()));
    }

    /** What is wrong about a reservation of an address; those that others look after are never wrong. */
    public Optional<Finding> reservation(Reservation reservation) {
        if (!reservation.managed()) {
            return Optional.empty();
        }
        String what = "the address " + reservation.address();
        if (!reservation.ofService()) {
            return Optional.of(new Finding(
                    Fault.ADDRESS_NOT_ALLOCATED,
                    what + " is marked as a ClusterIP and refers to no Service; it is released",
                    RELEASE));
        }
        Holdings service = seen.service(reservation.parent());
        if (service == null) {
            return reservation.created().plus(GRACE).isAfter(now)
                    ? Optional.empty()
                    : Optional.of(new Finding(
                            Fault.ADDRESS_NOT_ALLOCATED,
                            what + " was reserved for Service " + reservation.parent()
                                    + ", which is not there; it is released",
                            RELEASE));
        }
        return IpAddress.parse(reservation.address()).filter(service::has).isPresent()
                ? Optional.empty()
                : Optional.of(new Finding(
                        Fault.ADDRESS_WRONG_REFERENCE,
                        what + " was reserved for Service " + reservation.parent()
                                + ", which has another; it is released",
                        RELEASE));
    }

    /** What is wrong about the node ports of a Service. */
    public List<Finding> ports(Holdings service) {
        List<Finding> findings = new ArrayList<>();
        service.ports().stream().sorted().forEach(port -> port(port, service).ifPresent(findings::add));
        return findings;
    }

    private Optional<Finding> port(int port, Holdings service) {
        if (!nodePorts.contains(port)) {
            return Optional.of(new Finding(
                    Fault.PORT_OUT_OF_RANGE,
                    "the node port " + port + " is not within " + nodePorts + "; create the Service anew",
                    TELL));
        }
        ObjectName holder = seen.port(port);
        if (service.service().equals(holder)) {
            return Optional.empty();
        }
        Holdings other = holder == null ? null : seen.service(holder);
        if (other != null && other.ports().contains(port)) {
            return Optional.of(new Finding(
                    Fault.PORT_ALREADY_ALLOCATED,
                    "the node port " + port + " is also that of Service " + holder + "; create one of the two anew",
                    TELL));
        }
        return Optional.of(new Finding(
                Fault.PORT_NOT_ALLOCATED,
                "the node port " + port + " was not reserved; it is now",
                new Remedy.ReservePort(port, service.service())));
    }

    /** Whether a reserved node port is held by nobody. */
    public Optional<Finding> reservedPort(int port, ObjectName holder) {
        Holdings service = seen.service(holder);
        return service != null && service.ports().contains(port)
                ? Optional.empty()
                : Optional.of(new Finding(
                        Fault.PORT_LEAKED,
                        "the node port " + port + " was reserved for Service " + holder
                                + ", which does not have it; it is released",
                        RELEASE));
    }
}
