// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.loadbalancer;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.controllers.Values;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the loop writes on Services: the finalizer, and of the status the addresses and one condition. */
final class Face {
    /** Keeps a Service until its load balancer is unmade. */
    static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
    /** Says whether a Service has its addresses, and why not. */
    static final String CONDITION = "fairlead.dev/LoadBalancerReady";

    private final ApiClient client;
    private final Time time;

    Face(ApiClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    void addFinalizer(Service service) throws IOException, InterruptedException {
        patch(service, "", Values.object("metadata", metadata(service, "finalizers", List.of(FINALIZER))));
    }

    void removeFinalizer(Service service) throws IOException, InterruptedException {
        Map<String, Object> metadata = metadata(service, "$deleteFromPrimitiveList/finalizers", List.of(FINALIZER));
        patch(service, "", Values.object("metadata", metadata));
    }

    /**
     * Shows addresses and a condition; whether that was news.
     *
     * @param ingress null to leave the addresses as they are
     * @param status {@code True}, {@code False} or {@code Unknown}
     */
    boolean show(Service service, @Nullable List<Service.Ingress> ingress, String status, String reason, String message)
            throws IOException, InterruptedException {
        Tree found = client.find(Resources.SERVICES, service.name());
        if (found == null
                || !found.tree("metadata").text("uid", "").equals(service.meta().uid())) {
            return false;
        }
        Condition before = condition(found);
        boolean sameAddresses = ingress == null || Service.from(found).ingress().equals(ingress);
        boolean sameCondition = before != null
                && before.status().equals(status)
                && before.reason().equals(reason)
                && before.message().equals(message);
        if (sameAddresses && sameCondition) {
            return false;
        }
        Instant now = time.now().truncatedTo(ChronoUnit.SECONDS);
        Instant since = before != null && before.status().equals(status) && before.lastTransitionTime() != null
                ? before.lastTransitionTime()
                : now;
        Map<String, Object> shown = Values.object(
                "conditions", List.of(new Condition(CONDITION, status, reason, message, since, null).tree()));
        if (!sameAddresses && ingress != null) {
            shown.put("loadBalancer", Values.object("ingress", ingress(ingress)));
        }
        patch(service, "status", Values.object("metadata", metadata(service), "status", shown));
        return true;
    }

    /** Takes the condition off a Service that is of another type now. */
    void hide(Service service) throws IOException, InterruptedException {
        Tree found = client.find(Resources.SERVICES, service.name());
        if (found != null && condition(found) != null) {
            Map<String, Object> off = Values.object("$patch", "delete", "type", CONDITION);
            patch(
                    service,
                    "status",
                    Values.object("metadata", metadata(service), "status", Values.object("conditions", List.of(off))));
        }
    }

    private static @Nullable Condition condition(Tree service) {
        return service.tree("status").trees("conditions").stream()
                .map(Condition::from)
                .filter(one -> one.type().equals(CONDITION))
                .findFirst()
                .orElse(null);
    }

    private static List<Object> ingress(List<Service.Ingress> ingress) {
        List<Object> trees = new ArrayList<>();
        for (Service.Ingress one : ingress) {
            Map<String, Object> tree = Values.object();
            one.ip().ifPresent(ip -> {
                tree.put("ip", ip.toString());
                tree.put("ipMode", one.vip() ? "VIP" : "Proxy");
            });
            if (!one.hostname().isEmpty()) {
                tree.put("hostname", one.hostname());
            }
            trees.add(tree);
        }
        return trees;
    }

    /** Metadata by which a patch applies to this very Service, not to a later one of the same name. */
    private static Map<String, Object> metadata(Service service, Object... more) {
        Map<String, Object> metadata = Values.object("uid", service.meta().uid());
        metadata.putAll(Values.object(more));
        return metadata;
    }

    private void patch(Service service, String subresource, Map<String, Object> change)
            throws IOException, InterruptedException {
        try {
            client.patch(Resources.SERVICES, service.name(), subresource, new Patch.Strategic(change));
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error; // gone, or another of its name: its end comes as an event
            }
        }
    }
}
