// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.loadbalancer;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Observed;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.provider.LoadBalancerAnswer;
import dev.fairlead.controllers.provider.LoadBalancerProvider;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.allocation.AddressClaim;
import dev.fairlead.core.allocation.AddressDecision;
import dev.fairlead.core.allocation.AddressLedger;
import dev.fairlead.core.definition.LoadBalancerPool;
import dev.fairlead.core.definition.Node;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Addresses out of LoadBalancerPools. What is given is kept in one {@link AddressLedger}, found again in the statuses of the
 * Services at the first decision after a start; one that is gone gives back what it had, and those that wait are looked at
 * again whenever something is given back or pools or labels of namespaces change.
 */
final class PoolProvider implements LoadBalancerProvider {
    /** The class of those who want the pools and nobody else. */
    static final String CLASS = "fairlead.dev/pool";

    private static final Duration SOON = Duration.ofMillis(200);

    /** A pool, and what its status says. */
    private record Shown(LoadBalancerPool pool, long total, long assigned) {
        static Shown from(Tree object) {
            Tree status = object.tree("status");
            return new Shown(LoadBalancerPool.from(object), status.whole("total", -1), status.whole("assigned", -1));
        }
    }

    private final ApiClient client;
    private final Observed seen;
    private final Informer<Shown> pools;
    private final WorkQueue<ObjectName> statuses;
    private final Set<ObjectName> waiting = new LinkedHashSet<>();
    private @Nullable AddressLedger ledger;
    private Consumer<ObjectName> again = name -> {};

    PoolProvider(ApiClient client, Observed seen, ReplicaSets.Queues queues) {
        this.client = client;
        this.seen = seen;
        this.pools = seen.follow(Resources.LOAD_BALANCER_POOLS, Shown::from);
        this.statuses = queues.queue("load-balancer-pools", this::showUse);
        pools.handle((name, old, now, revision) -> poolChanged(name, old, now));
        seen.services.handle((name, old, now, revision) -> {
            if (old != null && ours(old) && (now == null || !ours(now))) {
                release(name);
            }
        });
        seen.namespaces.handle((name, old, now, revision) -> {
            if (old != null
                    && now != null
                    && !old.meta().labels().equals(now.meta().labels())) {
                lookAgain(waiter -> waiter.namespace().equals(name.name()));
            }
        });
    }

    @Override
    public Set<String> classes() {
        return Set.of("", CLASS);
    }

    @Override
    public void start(Consumer<ObjectName> lookAgain) {
        again = lookAgain;
    }

    @Override
    public boolean followsNodes() {
        return false;
    }

    private boolean ours(Service service) {
        return service.type() == ServiceType.LOAD_BALANCER
                && classes().contains(service.loadBalancer().className());
    }

    @Override
    public LoadBalancerAnswer ensure(Service service, List<Node> nodes) {
        AddressClaim claim = AddressClaim.of(service);
        AddressDecision decision;
        boolean gaveBack;
        synchronized (waiting) {
            Service now = seen.services.get(service.name());
            if (now == null || !ours(now)) {
                // its end was told already: what it got now nobody would take back
                return LoadBalancerAnswer.waiting(List.of(), "Gone", "the Service is gone");
            }
            AddressLedger before = ledger();
            Observed.Namespace namespace =
                    seen.namespaces.get(new ObjectName("", service.meta().namespace()));
            Map<String, String> labels =
                    namespace == null ? Map.of() : namespace.meta().labels();
            decision = before.decide(claim, labels);
            List<dev.fairlead.core.definition.IpAddress> had = before.addresses(service.name());
            gaveBack = !decision.addresses().containsAll(had);
            ledger = before.settle(claim, decision);
            if (decision.complete()) {
                waiting.remove(service.name());
            } else {
                waiting.add(service.name());
            }
            if (!had.equals(decision.addresses())) {
                showUseSoon();
            }
        }
        if (gaveBack) {
            lookAgain(waiter -> true);
        }
        List<Service.Ingress> ingress =
                decision.addresses().stream().map(LoadBalancerAnswer::virtual).toList();
        return new LoadBalancerAnswer(ingress, decision.complete(), decision.reason(), decision.message());
    }

    /** The address stays the Service's until that is gone or of another type: until then it may carry traffic. */
    @Override
    public void delete(Service service) {}

    private void release(ObjectName name) {
        synchronized (waiting) {
            waiting.remove(name);
            if (ledger == null) {
                return;
            }
            ledger = ledger.release(name);
            showUseSoon();
        }
        lookAgain(waiter -> true);
    }

    private void poolChanged(ObjectName name, @Nullable Shown old, @Nullable Shown now) {
        if (old != null
                && now != null
                && old.pool().meta().generation() == now.pool().meta().generation()) {
            return; // its status alone
        }
        synchronized (waiting) {
            if (ledger != null) {
                ledger = ledger.withPools(known());
            }
        }
        if (now != null) {
            statuses.add(name);
        }
        for (Service service : seen.services.all()) {
            if (ours(service)) {
                again.accept(service.name());
            }
        }
    }

    private void lookAgain(java.util.function.Predicate<ObjectName> which) {
        List<ObjectName> names;
        synchronized (waiting) {
            names = waiting.stream().filter(which).toList();
        }
        names.forEach(again);
    }

    private List<LoadBalancerPool> known() {
        return pools.all().stream().map(Shown::pool).toList();
    }

    /** The ledger; at first what the Services' statuses say, the oldest Services first. */
    private AddressLedger ledger() {
        AddressLedger current = ledger;
        if (current == null) {
            Comparator<Service> oldestFirst = Comparator.comparing((Service service) -> Optional.ofNullable(
                                    service.meta().creationTimestamp())
                            .orElse(Instant.MAX))
                    .thenComparing(Service::name);
            current = AddressLedger.restored(
                    known(),
                    seen.services.all().stream()
                            .filter(this::ours)
                            .sorted(oldestFirst)
                            .map(AddressClaim::of)
                            .toList());
            ledger = current;
        }
        return current;
    }

    private void showUseSoon() {
        pools.all()
                .forEach(
                        pool -> statuses.addAfter(new ObjectName("", pool.pool().name()), SOON));
    }

    private Outcome showUse(ObjectName name) throws IOException, InterruptedException {
        Shown shown = pools.get(name);
        if (shown == null) {
            return Outcome.done();
        }
        long total = shown.pool().size();
        long assigned;
        synchronized (waiting) {
            assigned = ledger().assigned().getOrDefault(name.name(), 0L);
        }
        if (shown.total() == total && shown.assigned() == assigned) {
            return Outcome.done();
        }
        try {
            client.patch(
                    Resources.LOAD_BALANCER_POOLS,
                    name,
                    "status",
                    new Patch.Merge(Values.object("status", Values.object("total", total, "assigned", assigned))));
        } catch (ApiError error) {
            if (!error.isNotFound()) {
                throw error;
            }
        }
        return Outcome.done();
    }
}
