// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.servicecidrs;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.controllers.Values;
import dev.fairlead.controllers.workloads.ReplicaSets;
import dev.fairlead.core.allocation.Reservation;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps ServiceCIDRs: gives a new one its finalizer, then its condition Ready; lets go of one that ends when no reserved
 * address needs it. The API server stops giving addresses from it the moment its end is asked for, in the same store, so
 * what is seen unused stays unused; the ten seconds of waiting are Kubernetes', for API servers that see it later.
 */
public final class ServiceCidrs {
    private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
    private static final String READY = "Ready";
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final int NAMED = 3;

    private final ApiClient client;
    private final Informer<Cover> cidrs;
    private final Time time;

    /** Makes the loop. */
    public ServiceCidrs(ApiClient client, Informer<Cover> cidrs, Time time, ReplicaSets.Queues queues) {
        this.client = client;
        this.cidrs = cidrs;
        this.time = time;
        WorkQueue<ObjectName> queue = queues.queue("service-cidrs", this::work);
        cidrs.handle((name, old, now, revision) -> queue.add(name));
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Cover cidr = cidrs.get(name);
        if (cidr == null) {
            return Outcome.done();
        }
        try {
            return cidr.meta().deleting() ? end(cidr) : keep(cidr);
        } catch (ApiError error) {
            if (error.isNotFound() || error.isConflict()) {
                return Outcome.done(); // what is newer comes by the watch
            }
            throw error;
        }
    }

    private Outcome keep(Cover cidr) throws IOException, InterruptedException {
        List<String> finalizers = new ArrayList<>(cidr.meta().finalizers());
        if (!finalizers.contains(FINALIZER)) {
            finalizers.add(FINALIZER);
            finalizers(cidr, finalizers);
            return Outcome.done(); // the change brings it back
        }
        return condition(cidr, "True", "", "Kubernetes Service CIDR is ready");
    }

    private Outcome end(Cover cidr) throws IOException, InterruptedException {
        List<String> finalizers = new ArrayList<>(cidr.meta().finalizers());
        if (!finalizers.remove(FINALIZER)) {
            return Outcome.done();
        }
        List<Cover> others = cidrs.all().stream()
                .filter(other -> !other.meta().name().equals(cidr.meta().name()))
                .filter(other -> !other.meta().deleting())
                .toList();
        if (!cidr.isInside(others)) {
            Map<IpAddress, ObjectName> reserved = reserved();
            List<IpAddress> needed = cidr.needed(reserved.keySet(), others);
            if (!needed.isEmpty()) {
                condition(cidr, "False", "Terminating", stillUsed(needed, reserved));
                return Outcome.retry(LOOK_AGAIN, needed.size() + " addresses are in use");
            }
        }
        Instant asked = cidr.meta().deletionTimestamp();
        Duration left = asked == null ? Duration.ZERO : Duration.between(time.now(), asked.plus(WAIT));
        if (left.isPositive()) {
            return Outcome.retry(left, "others may not have seen yet that it ends");
        }
        finalizers(cidr, finalizers);
        return Outcome.done();
    }

    private static String stillUsed(List<IpAddress> needed, Map<IpAddress, ObjectName> reserved) {
        List<String> some = needed.stream()
                .limit(NAMED)
                .map(address -> address + " by Service " + reserved.get(address))
                .toList();
        String more = needed.size() > NAMED ? " and " + (needed.size() - NAMED) + " more" : "";
        return "addresses of this block are in use: " + String.join(", ", some) + more
                + "; delete those Services, or create another ServiceCIDR around the addresses";
    }

    private Map<IpAddress, ObjectName> reserved() throws IOException, InterruptedException {
        Map<IpAddress, ObjectName> reserved = new TreeMap<>();
        client.list(Resources.IP_ADDRESSES, Selection.ALL, object -> {
            Reservation one = Reservation.from(object);
            if (one.managed()) {
                IpAddress.parse(one.address()).ifPresent(address -> reserved.put(address, one.parent()));
            }
        });
        return reserved;
    }

    private void finalizers(Cover cidr, List<String> finalizers) throws IOException, InterruptedException {
        client.patch(
                Resources.SERVICE_CIDRS,
                cidr.meta().objectName(),
                new Patch.Merge(Values.object(
                        "metadata",
                        Values.object(
                                "resourceVersion",
                                Long.toString(cidr.meta().resourceVersion()),
                                "finalizers",
                                new ArrayList<Object>(finalizers)))));
    }

    private Outcome condition(Cover cidr, String status, String reason, String message)
            throws IOException, InterruptedException {
        Condition before = cidr.conditions().stream()
                .filter(one -> one.type().equals(READY) && one.status().equals(status))
                .findFirst()
                .orElse(null);
        // The API server words the condition of its own ServiceCIDR itself.
        if (before == null || !before.isTrue() && !before.message().equals(message)) {
            Instant since = before == null ? time.now() : before.lastTransitionTime();
            List<Condition> conditions = new ArrayList<>(cidr.conditions());
            conditions.removeIf(one -> one.type().equals(READY));
            conditions.add(new Condition(READY, status, reason, message, since, null));
            client.patch(
                    Resources.SERVICE_CIDRS,
                    cidr.meta().objectName(),
                    "status",
                    new Patch.Merge(
                            Values.object("status", Values.object("conditions", Values.conditions(conditions)))));
        }
        return Outcome.done();
    }
}
