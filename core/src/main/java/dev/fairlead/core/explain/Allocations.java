// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Evidence.Range;
import dev.fairlead.core.explain.Evidence.ServiceSeen;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The addresses and ports the Service was given, and whether they are its own. */
final class Allocations {
    private final Examination examination;
    private final Evidence evidence;
    private final ServiceSeen seen;
    private final Service service;

    Allocations(Examination examination, ServiceSeen seen) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.seen = seen;
        this.service = seen.service();
    }

    void look() {
        if (service.type() == ServiceType.EXTERNAL_NAME) {
            examination.skip(Stage.ALLOCATION, "names alone: no address is given");
            return;
        }
        if (service.headless()) {
            examination.ok(Stage.ALLOCATION, "headless: no address of its own");
            return;
        }
        if (service.clusterIps().isEmpty()) {
            examination.breaks(
                    Kind.NO_CLUSTER_IP,
                    "the Service has no clusterIP",
                    "an address out of the Service ranges",
                    "delete the Service and apply it again");
        }
        ranges();
        rivals();
        loadBalancer();
        examination.step(Stage.ALLOCATION, Described.addresses(service), "addresses and ports that are its own");
    }

    private void ranges() {
        if (evidence.ranges().isEmpty()) {
            return;
        }
        for (IpAddress address : service.clusterIps()) {
            List<Range> around = evidence.ranges().stream()
                    .filter(range -> range.cidrs().stream().anyMatch(cidr -> cidr.contains(address)))
                    .toList();
            if (around.stream().anyMatch(range -> !range.deleting())) {
                continue;
            }
            String found = around.isEmpty()
                    ? "clusterIP " + address + " lies in no ServiceCIDR any more"
                    : "ServiceCIDR " + around.getFirst().name() + ", from which clusterIP " + address
                            + " comes, is being deleted; that waits until no Service has an address of it";
            examination.impairs(
                    Kind.RANGE_DELETED,
                    found,
                    "a ServiceCIDR that stays and contains " + address,
                    "delete this Service and apply it again, so that it gets an address out of another ServiceCIDR; or"
                            + " add a ServiceCIDR that contains " + address);
        }
    }

    private void rivals() {
        evidence.rivals().forEach(this::clusterIp);
        for (ServicePort port : service.ports()) {
            for (Service rival : evidence.rivals()) {
                boolean wins = rival.name().compareTo(service.name()) < 0;
                for (ServicePort theirs : rival.ports()) {
                    if (theirs.protocol() != port.protocol()) {
                        continue;
                    }
                    if (port.nodePort() != 0 && theirs.nodePort() == port.nodePort()) {
                        rival(
                                "node port " + port.nodePort() + "/" + port.protocol(),
                                rival,
                                wins,
                                "remove nodePort from the spec of one of them, so that it gets a free one");
                    }
                    Optional<IpAddress> shared = theirs.port() == port.port() ? shared(rival) : Optional.empty();
                    shared.ifPresent(address -> rival(
                            Words.at(address, port.port()),
                            rival,
                            wins,
                            "remove " + address + " from one of them, or give the two different ports"));
                }
            }
        }
    }

    /** One address given twice; that cannot be asked for, only come about: by a restored store, or by other hands in it. */
    private void clusterIp(Service rival) {
        Optional<IpAddress> shared = service.clusterIps().stream()
                .filter(rival.clusterIps()::contains)
                .findFirst();
        if (shared.isEmpty()) {
            return;
        }
        boolean wins = rival.name().compareTo(service.name()) < 0;
        boolean samePort = service.ports().stream()
                .anyMatch(port -> rival.ports().stream()
                        .anyMatch(theirs -> theirs.port() == port.port() && theirs.protocol() == port.protocol()));
        examination.tell(
                wins && samePort,
                Kind.RIVAL_SERVICE,
                "clusterIP " + shared.get() + " is Service " + rival.name() + "'s too"
                        + (!samePort
                                ? "; they have no port in common, so each gets what is for its ports"
                                : wins
                                        ? ", which gets what comes there, because its name comes first"
                                        : "; this one gets what comes there, the other nothing"),
                "an address that no other Service has",
                "delete one of the two and apply it again, so that it gets an address of its own");
    }

    private Optional<IpAddress> shared(Service rival) {
        List<IpAddress> theirs = external(rival);
        return external(service).stream().filter(theirs::contains).findFirst();
    }

    private static List<IpAddress> external(Service service) {
        List<IpAddress> all = new ArrayList<>(service.externalIps());
        service.ingress().forEach(ingress -> ingress.ip().ifPresent(all::add));
        return all;
    }

    private void rival(String what, Service rival, boolean wins, String fix) {
        examination.tell(
                wins && examination.byNodePort(),
                Kind.RIVAL_SERVICE,
                what + " is claimed by Service " + rival.name() + " too; "
                        + (wins ? "that one gets it, because its name comes first" : "this one gets it, the other not"),
                "one Service for each address and port",
                fix);
    }

    private void loadBalancer() {
        if (service.type() != ServiceType.LOAD_BALANCER) {
            return;
        }
        Optional<Condition> told = seen.conditions().stream()
                .filter(condition -> !condition.isTrue() && loadBalancing(condition))
                .findFirst();
        if (!service.ingress().isEmpty()) {
            told.filter(condition -> condition.status().equals("False"))
                    .ifPresent(condition -> examination.impairs(
                            kind(condition.reason()),
                            "the Service has a load-balancer address, but not all it asks for: " + condition.message(),
                            "every address it asks for",
                            fix(kind(condition.reason()))));
            return;
        }
        String detail =
                told.map(Condition::message).filter(text -> !text.isEmpty()).orElse("");
        Kind kind = told.map(condition -> kind(condition.reason())).orElse(Kind.LOAD_BALANCER_PENDING);
        if (told.isEmpty() && !seen.loadBalancerClass().isEmpty()) {
            kind = Kind.LOAD_BALANCER_CLASS;
            detail = "loadBalancerClass " + seen.loadBalancerClass() + " is handled by nobody here";
        }
        examination.impairs(
                kind,
                "the Service has no load-balancer address" + (detail.isEmpty() ? " yet" : ": " + detail),
                "an address in status.loadBalancer.ingress",
                fix(kind));
    }

    private static boolean loadBalancing(Condition condition) {
        return condition.type().toLowerCase(Locale.ROOT).contains("loadbalancer");
    }

    /** The kinds by the words that the provider's conditions use. */
    private static Kind kind(String reason) {
        return switch (reason) {
            case "ClassNotHandled" -> Kind.LOAD_BALANCER_CLASS;
            case "NoPool", "NoPoolOfFamily", "UnknownPool" -> Kind.LOAD_BALANCER_NO_POOL;
            case "PoolsFull" -> Kind.LOAD_BALANCER_POOL_FULL;
            case "NoPoolMatches", "PoolRefuses", "AddressOutsidePools" -> Kind.LOAD_BALANCER_POOL_MISMATCH;
            default -> Kind.LOAD_BALANCER_PENDING;
        };
    }

    private static String fix(Kind kind) {
        return switch (kind) {
            case LOAD_BALANCER_CLASS ->
                "remove spec.loadBalancerClass (the Service has to be made anew), or install the provider of that class";
            case LOAD_BALANCER_NO_POOL -> "make a LoadBalancerPool with addresses: kubectl get loadbalancerpools";
            case LOAD_BALANCER_POOL_FULL -> "add addresses to the LoadBalancerPool, or delete a Service that has one";
            case LOAD_BALANCER_POOL_MISMATCH ->
                "change the namespace or Service selector of a LoadBalancerPool, or this Service's labels";
            default -> "see the events: kubectl describe service";
        };
    }
}
