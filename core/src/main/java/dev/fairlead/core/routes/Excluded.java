// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** An endpoint of a route that takes no new connections under a policy, and why. */
public record Excluded(Backend backend, Why why) {
    /** The reasons there are. */
    public enum Why {
        /** It neither is ready nor answers while it ends. */
        NOT_READY,
        /** It ends, and others are ready. */
        TERMINATING,
        /** It runs elsewhere, and the policy is Local. */
        NOT_ON_THIS_NODE,
        /** Hints prefer others for this node or zone. */
        HINTED_ELSEWHERE
    }

    /** Those of a route's endpoints that a policy leaves out, sorted. */
    static List<Excluded> of(Route route, TrafficPolicy policy) {
        Set<Backend> chosen = new HashSet<>(route.under(policy));
        List<Excluded> excluded = new ArrayList<>();
        for (Backend backend : route.endpoints()) {
            if (!chosen.contains(backend)) {
                excluded.add(new Excluded(backend, why(backend, policy)));
            }
        }
        return List.copyOf(excluded);
    }

    private static Why why(Backend backend, TrafficPolicy policy) {
        if (!backend.ready() && !backend.lastResort()) {
            return Why.NOT_READY;
        }
        if (policy == TrafficPolicy.LOCAL && !backend.local()) {
            return Why.NOT_ON_THIS_NODE;
        }
        return backend.ready() ? Why.HINTED_ELSEWHERE : Why.TERMINATING;
    }
}
