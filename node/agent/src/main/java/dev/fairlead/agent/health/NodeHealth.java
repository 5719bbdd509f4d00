// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent.health;

import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.metrics.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /healthz} and {@code /livez}: 200 while the data plane keeps up, else 503. {@code /healthz} also says
 * 503 when the node is to take no new traffic, because it is going away: load balancers then drain it.
 */
public final class NodeHealth {
    private final Freshness freshness;
    private final BooleanSupplier eligible;
    private final List<IpFamily> families;
    private final Counter healthz;
    private final Counter livez;

    /**
     * Answers for one node.
     *
     * @param eligible whether the node may take new traffic
     * @param families those the node has
     * @param healthz counts answers by code
     * @param livez counts answers by code
     */
    public NodeHealth(
            Freshness freshness, BooleanSupplier eligible, List<IpFamily> families, Counter healthz, Counter livez) {
        this.freshness = freshness;
        this.eligible = eligible;
        this.families = List.copyOf(families);
        this.healthz = healthz;
        this.livez = livez;
    }

    /** The answer at a path. */
    public Answer answer(String path) {
        return switch (path) {
            case "/healthz" -> counted(answer(eligible.getAsBoolean(), true), healthz);
            case "/livez" -> counted(answer(true, false), livez);
            default -> Answer.notFound();
        };
    }

    private static Answer counted(Answer answer, Counter counter) {
        counter.add(Integer.toString(answer.status()));
        return answer;
    }

    private Answer answer(boolean mayServe, boolean tellEligible) {
        Freshness.State state = freshness.state();
        boolean healthy = state.healthy() && mayServe;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("lastUpdated", text(state.updated()));
        body.put("currentTime", text(state.now()));
        if (tellEligible) {
            body.put("nodeEligible", mayServe);
        }
        body.put("healthy", healthy);
        Map<String, Object> status = new LinkedHashMap<>();
        for (IpFamily family : families) {
            status.put(family.text(), Map.of("lastUpdated", text(state.updated()), "healthy", state.healthy()));
        }
        body.put("status", status);
        return Answer.of(healthy ? 200 : 503, "application/json", new String(Json.write(body), StandardCharsets.UTF_8));
    }

    /** Before the first time, as Go writes it. */
    private static String text(@Nullable Instant time) {
        return time == null ? "0001-01-01T00:00:00Z" : time.toString();
    }
}
