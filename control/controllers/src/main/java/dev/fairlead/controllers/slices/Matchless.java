// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.slices;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.record.Events;
import dev.fairlead.controllers.Told;
import dev.fairlead.controllers.Values;
import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.explain.Evidence.Labelled;
import dev.fairlead.core.explain.NearMiss;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows on a Service that its selector matches no pod: the condition {@value #CONDITION} and an event, both after the
 * Service has been without pods for some seconds, because Services and pods are often created together.
 */
final class Matchless {
    /** The condition's type. */
    static final String CONDITION = "fairlead.dev/EndpointsFound";

    private static final String NONE = "NoPodsMatch";
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final ApiClient client;
    private final Time time;
    private final Events events;
    private final Map<String, Long> since = new ConcurrentHashMap<>();
    /** The message that each Service (uid) shows; empty for one that is known to show none. */
    private final Map<String, String> shown = new ConcurrentHashMap<>();

    Matchless(ApiClient client, Time time, Events events) {
        this.client = client;
        this.time = time;
        this.events = events;
    }

    /** Forgets a Service that is gone. */
    void forget(Service service) {
        since.remove(service.meta().uid());
        shown.remove(service.meta().uid());
    }

    /** Looks at a Service and its pods; how long to wait before looking again, or null. */
    @Nullable
    Duration look(Service service, boolean matches, java.util.function.Supplier<List<Pod>> namespacePods)
            throws IOException, InterruptedException {
        String uid = service.meta().uid();
        if (matches) {
            since.remove(uid);
            if (!shows(service).isEmpty()) {
                set(service, "True", "PodsMatch", "the selector matches pods");
                shown.put(uid, "");
            }
            return null;
        }
        long now = time.nanos();
        long first = since.computeIfAbsent(uid, key -> now);
        Duration left = PATIENCE.minusNanos(now - first);
        if (left.isPositive()) {
            return left;
        }
        String message = sentence(service, namespacePods.get());
        if (!shows(service).equals(message)) {
            set(service, "False", NONE, message);
            events.warning(Told.about(service), NONE, message);
            shown.put(uid, message);
        }
        return null;
    }

    /** Why, in the words of explanations. */
    private static String sentence(Service service, List<Pod> pods) {
        Map<String, String> selector = service.selector() == null ? Map.of() : service.selector();
        List<Labelled> labelled =
                pods.stream().map(pod -> new Labelled(pod.meta().labels(), 1)).toList();
        return NearMiss.of(selector, service.meta().namespace(), labelled).sentence();
    }

    /** The message that a Service shows: what was written last, else what the Service says itself. */
    private String shows(Service service) {
        return shown.computeIfAbsent(
                service.meta().uid(),
                uid -> service.conditions().stream()
                        .filter(one -> one.type().equals(CONDITION) && !one.isTrue())
                        .map(Condition::message)
                        .findFirst()
                        .orElse(""));
    }

    private void set(Service service, String status, String reason, String message)
            throws IOException, InterruptedException {
        Condition condition =
                new Condition(CONDITION, status, reason, message, time.now().truncatedTo(ChronoUnit.SECONDS), null);
        try {
            client.patch(
                    Resources.SERVICES,
                    service.name(),
                    "status",
                    new Patch.Strategic(Values.object(
                            "metadata",
                            Values.object("uid", service.meta().uid()),
                            "status",
                            Values.object("conditions", List.of(condition.tree())))));
        } catch (ApiError error) {
            if (!error.isNotFound() && !error.isConflict()) {
                throw error;
            }
        }
    }
}
