// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.client.queue.Backoff;
import dev.fairlead.client.queue.Outcome;
import dev.fairlead.client.queue.WorkQueue;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dataplane.DataPlane;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says on a Service that has SCTP ports that this node's data plane does not carry them, and takes it back when it has none any
 * more. All nodes say it in the same words, so they do not fight over it.
 */
final class ProtocolCondition implements AutoCloseable {
    /** Whether the protocols of all ports are carried. */
    static final String CONDITION = "fairlead.dev/ProtocolsCarried";

    private final ApiClient client;
    private final Informer<Service> services;
    private final Time time;
    private final Map<ObjectName, String> reasons = new ConcurrentHashMap<>();
    private final WorkQueue<ObjectName> queue;

    ProtocolCondition(ApiClient client, Informer<Service> services, Time time, RandomGenerator random) {
        this.client = client;
        this.services = services;
        this.time = time;
        this.queue = new WorkQueue<>("protocols", 1, time, random, Backoff.OF_KEYS, this::work);
        services.handle((name, old, now, revision) -> {
            if (now != null && (sctp(old) || sctp(now))) {
                queue.add(name);
            }
        });
    }

    private static boolean sctp(@Nullable Service service) {
        return service != null && service.ports().stream().anyMatch(port -> port.protocol() == Protocol.SCTP);
    }

    void start() {
        queue.start();
    }

    /** Takes note of all that cannot be carried here. */
    void problems(List<DataPlane.Problem> now) {
        List<DataPlane.Problem> sctp = now.stream()
                .filter(problem -> problem.frontend().protocol() == Protocol.SCTP)
                .toList();
        reasons.keySet().retainAll(sctp.stream().map(DataPlane.Problem::service).toList());
        for (DataPlane.Problem problem : sctp) {
            if (!problem.reason().equals(reasons.put(problem.service(), problem.reason()))) {
                queue.add(problem.service());
            }
        }
    }

    private Outcome work(ObjectName name) throws IOException, InterruptedException {
        Tree found = services.get(name) == null ? null : client.find(Resources.SERVICES, name);
        if (found == null) {
            return Outcome.done();
        }
        Service service = Service.from(found);
        String reason = reasons.get(name);
        @Nullable
        Condition before = found.tree("status").trees("conditions").stream()
                .map(Condition::from)
                .filter(one -> one.type().equals(CONDITION))
                .findFirst()
                .orElse(null);
        if (!sctp(service) && before != null) {
            patch(service, Map.of("$patch", "delete", "type", CONDITION));
        } else if (sctp(service)
                && reason != null
                && (before == null || !before.message().equals(reason))) {
            patch(service, new Condition(CONDITION, "False", "SCTPNotCarried", reason, time.now(), null).tree());
        }
        return Outcome.done();
    }

    private void patch(Service service, Map<String, Object> condition) throws IOException, InterruptedException {
        Map<String, Object> change = Map.of(
                "metadata", Map.of("uid", service.meta().uid()), "status", Map.of("conditions", List.of(condition)));
        try {
            client.patch(Resources.SERVICES, service.name(), "status", new Patch.Strategic(change));
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error; // gone, or another of its name
            }
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
