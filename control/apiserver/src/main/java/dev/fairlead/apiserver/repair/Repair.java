// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.repair;

import dev.fairlead.apiserver.write.Reservations;
import dev.fairlead.apiserver.write.ServiceCidrs;
import dev.fairlead.core.allocation.Audit;
import dev.fairlead.core.allocation.Finding;
import dev.fairlead.core.allocation.Finding.Remedy;
import dev.fairlead.core.allocation.Holdings;
import dev.fairlead.core.allocation.Reservation;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.store.Write;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.metrics.Counter;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.time.Time;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sets right what Services and reservations disagree about: all of it, or one address. For one thread at a time. A commit
 * that comes too late changes nothing; what is still wrong then is found by the next round.
 */
public final class Repair {
    private static final String IPS = "ipallocator-repair-controller";
    private static final String PORTS = "portallocator-repair-controller";
    /** In how many rounds a reserved node port that nobody has must be seen before it is released. */
    private static final int LEAK_ROUNDS = 3;

    private final Store store;
    private final Resource services;
    private final Resource addresses;
    private final Reservations reservations;
    private final ServiceCidrs cidrs;
    private final PortRange nodePorts;
    private final Time time;
    private final Teller teller;
    private final Counter ipErrors;
    private final Counter ipFailures;
    private final Counter portErrors;
    private final Counter portFailures;
    private final Map<Integer, Integer> leaks = new HashMap<>();

    /**
     * What a repair is made of.
     *
     * @param services the kind Service
     * @param addresses the kind IPAddress
     * @param nodePorts where node ports come from
     */
    public record Parts(
            Store store,
            Resource services,
            Resource addresses,
            Reservations reservations,
            ServiceCidrs cidrs,
            PortRange nodePorts,
            Time time) {}

    /** Findings are told by {@code teller} and counted in {@code metrics}. */
    public Repair(Parts parts, Teller teller, Metrics metrics) {
        store = parts.store();
        services = parts.services();
        addresses = parts.addresses();
        reservations = parts.reservations();
        cidrs = parts.cidrs();
        nodePorts = parts.nodePorts();
        time = parts.time();
        this.teller = teller;
        String help = "Disagreements about ";
        ipErrors = metrics.counter("apiserver_clusterip_repair_ip_errors_total", help + "ClusterIPs.", "type");
        ipFailures = metrics.counter(
                "apiserver_clusterip_repair_reconcile_errors_total", "Repairs of ClusterIPs that came too late.");
        portErrors = metrics.counter("apiserver_nodeport_repair_port_errors_total", help + "node ports.", "type");
        portFailures = metrics.counter(
                "apiserver_nodeport_repair_reconcile_errors_total", "Repairs of node ports that came too late.");
    }

    /** Looks at everything. */
    public void all() {
        Map<ObjectName, Holdings> held = new HashMap<>();
        for (Entry entry : store.prefix(services.prefix(""), 0, 0).entries()) {
            Holdings holdings = Holdings.from(new Tree(Json.object(entry.value())));
            held.put(holdings.service(), holdings);
        }
        Look look = look();
        Audit audit = audit(new Audit.Seen() {
            @Override
            public @Nullable Holdings service(ObjectName name) {
                return held.get(name);
            }

            @Override
            public @Nullable Reservation address(IpAddress address) {
                return look.address(address);
            }

            @Override
            public @Nullable ObjectName port(int port) {
                return look.port(port);
            }
        });
        for (Holdings holdings : held.values()) {
            if (!audit.addresses(holdings).isEmpty() || !audit.ports(holdings).isEmpty()) {
                service(holdings.service());
            }
        }
        String prefix = addresses.prefix("");
        for (Entry entry : store.prefix(prefix, 0, 0).entries()) {
            if (audit.reservation(Reservation.from(new Tree(Json.object(entry.value()))))
                    .isPresent()) {
                address(entry.key().substring(prefix.length()));
            }
        }
        ports(audit);
    }

    private void ports(Audit audit) {
        Set<Integer> leaked = new TreeSet<>();
        String prefix = Reservations.nodePortPrefix();
        for (Entry entry : store.prefix(prefix, 0, 0).entries()) {
            int port = Integer.parseInt(entry.key().substring(prefix.length()));
            ObjectName holder =
                    Reservation.from(new Tree(Json.object(entry.value()))).parent();
            if (audit.reservedPort(port, holder).isPresent()) {
                leaked.add(port);
            }
        }
        leaks.keySet().retainAll(leaked);
        for (int port : leaked) {
            if (leaks.merge(port, 1, Integer::sum) > LEAK_ROUNDS) {
                port(port);
            }
        }
    }

    /** Looks at one address, by its canonical text; its Service is looked at too. */
    void address(String text) {
        Look look = look();
        Optional<IpAddress> address = IpAddress.parse(text);
        Reservation reservation = address.map(look::address).orElse(null);
        if (address.isEmpty() || reservation == null) {
            return;
        }
        Optional<Finding> finding = audit(look).reservation(reservation);
        if (finding.isPresent() && release(look, finding.get(), reservations.key(address.get()), ipFailures)) {
            ipErrors.add(finding.get().fault().metric());
            String version = addresses.apiVersion();
            teller.warn(IPS, new Teller.About(version, addresses.kind(), "", text, reservation.uid()), finding.get());
        } else if (finding.isEmpty() && reservation.managed() && reservation.ofService()) {
            service(reservation.parent());
        }
    }

    /** Looks at what one Service holds. */
    void service(ObjectName name) {
        Look look = look();
        Holdings holdings = look.service(name);
        if (holdings == null) {
            return;
        }
        Audit audit = audit(look);
        Teller.About about =
                new Teller.About(services.apiVersion(), services.kind(), name.namespace(), name.name(), holdings.uid());
        List<Finding> ofAddresses = audit.addresses(holdings);
        List<Finding> ofPorts = audit.ports(holdings);
        List<Write> writes = new ArrayList<>();
        ofAddresses.forEach(finding -> write(look, finding, "").ifPresent(writes::add));
        ofPorts.forEach(finding -> write(look, finding, "").ifPresent(writes::add));
        if (!commit(look, writes, ofAddresses.isEmpty() ? portFailures : ipFailures)) {
            return;
        }
        for (Finding finding : ofAddresses) {
            ipErrors.add(finding.fault().metric());
            teller.warn(IPS, about, finding);
        }
        for (Finding finding : ofPorts) {
            portErrors.add(finding.fault().metric());
            teller.warn(PORTS, about, finding);
        }
    }

    private void port(int port) {
        Look look = look();
        ObjectName holder = look.port(port);
        if (holder != null) {
            audit(look).reservedPort(port, holder).ifPresent(finding -> {
                if (release(look, finding, Reservations.key(port), portFailures)) {
                    portErrors.add(finding.fault().metric());
                    leaks.remove(port);
                }
            });
        }
    }

    /** What a finding asks to be written; nothing when it is only to be told. {@code key} is what a release removes. */
    private Optional<Write> write(Look look, Finding finding, String key) {
        return switch (finding.remedy()) {
            case Remedy.Tell() -> Optional.empty();
            case Remedy.Release() -> Optional.of(Write.delete(key, look.unchanged(key)));
            case Remedy.Reserve(IpAddress address, ObjectName service) -> {
                String at = reservations.key(address);
                yield Optional.of(Write.put(at, reservations.ipAddress(address, service), look.unchanged(at)));
            }
            case Remedy.ReservePort(int port, ObjectName service) -> {
                String at = Reservations.key(port);
                yield Optional.of(Write.put(at, Reservations.nodePortHolder(service), look.unchanged(at)));
            }
        };
    }

    /** False when that came too late. */
    private boolean commit(Look look, List<Write> writes, Counter failures) {
        if (writes.isEmpty()) {
            return true;
        }
        try {
            store.commit(look.withConditions(writes));
            return true;
        } catch (ConflictException tooLate) {
            failures.add();
            return false;
        }
    }

    private boolean release(Look look, Finding finding, String key, Counter failures) {
        return commit(look, write(look, finding, key).stream().toList(), failures);
    }

    private Look look() {
        return new Look(store, services, reservations);
    }

    private Audit audit(Audit.Seen seen) {
        return new Audit(cidrs.blocks(), nodePorts, time.now(), seen);
    }
}
