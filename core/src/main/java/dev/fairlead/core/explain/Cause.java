// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

/**
 * Something that is wrong.
 *
 * @param breaks whether nobody gets an answer because of it; else it concerns only some clients, pods or ports
 * @param found what is so
 * @param expected what would have to be so instead
 * @param fix what to do
 */
public record Cause(Kind kind, boolean breaks, String found, String expected, String fix) {
    /** The causes that can be told apart, in the order in which they are likely when several are found. */
    public enum Kind {
        NO_SUCH_SERVICE(Stage.DEFINITION),
        WRONG_NAMESPACE(Stage.DEFINITION),
        NOTHING_AT_ADDRESS(Stage.DEFINITION),
        NO_SUCH_PORT(Stage.DEFINITION),
        NO_SUCH_CLIENT(Stage.DEFINITION),
        NODE_PORT_ADDRESS(Stage.DEFINITION),
        BEING_DELETED(Stage.DEFINITION),
        EXTERNAL_NAME_ADDRESS(Stage.DEFINITION),
        EXTERNAL_NAME_PORTS(Stage.DEFINITION),
        HEADLESS_PORT(Stage.DEFINITION),
        OTHER_PROXY(Stage.DEFINITION),
        PROTOCOL_NOT_CARRIED(Stage.DEFINITION),
        NO_CLUSTER_IP(Stage.ALLOCATION),
        RIVAL_SERVICE(Stage.ALLOCATION),
        LOAD_BALANCER_CLASS(Stage.ALLOCATION),
        LOAD_BALANCER_NO_POOL(Stage.ALLOCATION),
        LOAD_BALANCER_POOL_FULL(Stage.ALLOCATION),
        LOAD_BALANCER_POOL_MISMATCH(Stage.ALLOCATION),
        LOAD_BALANCER_PENDING(Stage.ALLOCATION),
        RANGE_DELETED(Stage.ALLOCATION),
        SELECTOR_TYPO(Stage.SELECTION),
        LABELS_CHANGED(Stage.SELECTION),
        PODS_ELSEWHERE(Stage.SELECTION),
        NO_REPLICAS(Stage.SELECTION),
        NO_POD_MATCHES(Stage.SELECTION),
        CRASH_LOOP(Stage.READINESS),
        CANNOT_START(Stage.READINESS),
        PROBE_FAILS(Stage.READINESS),
        NODE_UNKNOWN(Stage.READINESS),
        NOT_READY(Stage.READINESS),
        NOT_SCHEDULED(Stage.READINESS),
        STILL_STARTING(Stage.READINESS),
        ALL_TERMINATING(Stage.READINESS),
        ALL_ENDED(Stage.READINESS),
        PORT_PROTOCOL(Stage.SLICES),
        NAMED_PORT_MISSING(Stage.SLICES),
        SLICE_WITHOUT_LABEL(Stage.SLICES),
        SLICE_PORT_MISMATCH(Stage.SLICES),
        ENDPOINTS_EMPTY(Stage.SLICES),
        NO_ENDPOINTS_MADE(Stage.SLICES),
        SLICES_BEHIND(Stage.SLICES),
        SOURCE_NOT_ALLOWED(Stage.ROUTES),
        NO_LOCAL_ENDPOINT(Stage.ROUTES),
        NO_ENDPOINTS(Stage.ROUTES),
        AGENT_NOT_RUNNING(Stage.DATA_PLANE),
        AGENT_BEHIND(Stage.DATA_PLANE),
        NOT_BOUND(Stage.DATA_PLANE),
        BOUND_ELSEWHERE(Stage.DATA_PLANE),
        WRONG_PROTOCOL(Stage.CONNECTIONS),
        WRONG_TARGET_PORT(Stage.CONNECTIONS),
        WRONG_LISTEN_ADDRESS(Stage.CONNECTIONS),
        NOT_LISTENING(Stage.CONNECTIONS),
        POINTS_NOWHERE(Stage.CONNECTIONS),
        REFUSED(Stage.CONNECTIONS),
        AFFINITY_HOLDS(Stage.CONNECTIONS);

        private final Stage stage;

        Kind(Stage stage) {
            this.stage = stage;
        }

        /** Where on the way it is met. */
        public Stage stage() {
            return stage;
        }

        /** A stable word for it: {@code SelectorTypo}. */
        public String word() {
            StringBuilder word = new StringBuilder();
            for (String part : name().split("_")) {
                word.append(part.charAt(0)).append(part.substring(1).toLowerCase(java.util.Locale.ROOT));
            }
            return word.toString();
        }
    }
}
