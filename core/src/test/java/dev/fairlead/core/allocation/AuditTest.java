// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.PortRange;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuditTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final ObjectName WEB = new ObjectName("shop", "web");
    private static final ObjectName OTHER = new ObjectName("shop", "other");

    private final Map<ObjectName, Holdings> services = new HashMap<>();
    private final Map<IpAddress, Reservation> addresses = new HashMap<>();
    private final Map<Integer, ObjectName> ports = new HashMap<>();
    private final Audit audit = new Audit(
            List.of(Cidr.of("10.96.0.0/16"), Cidr.of("fd00::/112")), PortRange.NODE_PORTS, NOW, new Audit.Seen() {
                @Override
                public @Nullable Holdings service(ObjectName name) {
                    return services.get(name);
                }

                @Override
                public @Nullable Reservation address(IpAddress address) {
                    return addresses.get(address);
                }

                @Override
                public @Nullable ObjectName port(int port) {
                    return ports.get(port);
                }
            });

    @Test
    void what_agrees_is_left_alone() {
        Holdings web = service(WEB, List.of("10.96.0.9", "FD00:0::9"), 30080);
        reserve("10.96.0.9", WEB, NOW);
        reserve("fd00::9", WEB, NOW);
        ports.put(30080, WEB);
        assertThat(audit.addresses(web)).isEmpty();
        assertThat(audit.ports(web)).isEmpty();
        addresses.values().forEach(each -> assertThat(audit.reservation(each)).isEmpty());
        assertThat(audit.reservedPort(30080, WEB)).isEmpty();
    }

    @Test
    void faults_of_cluster_ips() {
        assertThat(fault(service(WEB, List.of("x")))).isEqualTo("ClusterIPNotValid Tell");
        assertThat(fault(service(WEB, List.of("10.97.0.1")))).isEqualTo("ClusterIPOutOfRange Tell");
        assertThat(fault(service(WEB, List.of("10.96.0.0")))).isEqualTo("ClusterIPOutOfRange Tell");
        Holdings web = service(WEB, List.of("10.96.0.9"));
        assertThat(fault(web)).isEqualTo("ClusterIPNotAllocated Reserve");
        reserve("10.96.0.9", OTHER, NOW);
        assertThat(fault(web)).as("held by nobody").isEqualTo("ClusterIPNotAllocated Reserve");
        service(OTHER, List.of("10.96.0.10"));
        assertThat(fault(web)).as("held by one that has another").isEqualTo("ClusterIPNotAllocated Reserve");
        service(OTHER, List.of("10.96.0.9"));
        assertThat(fault(web)).as("two have it").isEqualTo("ClusterIPAlreadyAllocated Tell");
        IpAddress nine = IpAddress.of("10.96.0.9");
        addresses.put(nine, new Reservation("10.96.0.9", "u", Map.of(), true, WEB, NOW));
        assertThat(fault(web)).as("without labels").isEqualTo("ClusterIPNotAllocated Reserve");
        addresses.put(nine, new Reservation("10.96.0.9", "u", Reservation.labels(nine), false, WEB, NOW));
        assertThat(fault(web)).as("of something else").isEqualTo("ClusterIPNotAllocated Reserve");
    }

    @Test
    void faults_of_reservations() {
        Reservation old = reserve("10.96.0.9", WEB, NOW.minusSeconds(61));
        assertThat(audit.reservation(old).orElseThrow().fault().reason()).isEqualTo("IPAddressNotAllocated");
        assertThat(audit.reservation(reserve("10.96.0.9", WEB, NOW.minusSeconds(59))))
                .as("its Service may be on its way")
                .isEmpty();
        service(WEB, List.of("10.96.0.10"));
        assertThat(audit.reservation(old).orElseThrow().fault().reason()).isEqualTo("IPAddressWrongReference");
        IpAddress nine = IpAddress.of("10.96.0.9");
        Reservation ingress = new Reservation("10.96.0.9", "u", Reservation.labels(nine), false, WEB, NOW);
        assertThat(audit.reservation(ingress).orElseThrow().fault().reason()).isEqualTo("IPAddressNotAllocated");
        assertThat(audit.reservation(new Reservation("10.96.0.9", "u", Map.of(), false, WEB, Instant.EPOCH)))
                .as("somebody else's")
                .isEmpty();
    }

    @Test
    void faults_of_node_ports() {
        Holdings web = service(WEB, List.of(), 80, 30080);
        assertThat(audit.ports(web))
                .extracting(finding -> finding.fault().reason())
                .containsExactly("PortOutOfRange", "PortNotAllocated");
        ports.put(30080, OTHER);
        assertThat(audit.ports(web))
                .extracting(finding -> finding.fault().reason())
                .contains("PortNotAllocated");
        assertThat(audit.reservedPort(30080, OTHER).orElseThrow().fault().reason())
                .isEqualTo("PortLeaked");
        service(OTHER, List.of(), 30080);
        assertThat(audit.ports(web))
                .extracting(finding -> finding.fault().reason())
                .contains("PortAlreadyAllocated");
        assertThat(audit.reservedPort(30080, OTHER)).isEmpty();
    }

    private String fault(Holdings service) {
        List<Finding> findings = audit.addresses(service);
        assertThat(findings).hasSize(1);
        Finding finding = findings.getFirst();
        assertThat(finding.message()).contains(service.clusterIps().getFirst());
        return finding.fault().reason() + " " + finding.remedy().getClass().getSimpleName();
    }

    private Holdings service(ObjectName name, List<String> clusterIps, Integer... nodePorts) {
        Holdings holdings = new Holdings(name, "uid", clusterIps, Set.of(nodePorts));
        services.put(name, holdings);
        return holdings;
    }

    private Reservation reserve(String address, ObjectName service, Instant created) {
        IpAddress ip = IpAddress.of(address);
        Reservation reservation = new Reservation(address, "uid", Reservation.labels(ip), true, service, created);
        addresses.put(ip, reservation);
        return reservation;
    }
}
