// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.status.PodObservation.Complaint;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod's processes use the network as they should: looked at when a process has started, soon and then ever less
 * often, and whenever a readiness probe has changed its mind. On the owner's thread only.
 */
final class NetworkUse {
    private static final List<Duration> LOOKS =
            Stream.of(100, 300, 1000, 3000).map(Duration::ofMillis).toList();
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final PodScope scope;
    private final PodPlace place;
    private final Supplier<Set<Long>> sessions;
    private final BooleanSupplier over;
    private @Nullable Complaint complaint;
    private int looks;

    /**
     * Looks at nothing before {@link #watch}.
     *
     * @param sessions of the pod's processes, at the moment
     * @param over whether nothing that could be found matters any more
     */
    NetworkUse(PodScope scope, PodPlace place, Supplier<Set<Long>> sessions, BooleanSupplier over) {
        this.scope = scope;
        this.place = place;
        this.sessions = sessions;
        this.over = over;
    }

    /** What is wrong, or null. */
    @Nullable
    Complaint complaint() {
        return complaint;
    }

    /** A process has started: looks from now on. */
    void watch() {
        looks = 0;
        lookLater();
    }

    void look() {
        Sandbox sandbox = place.sandbox();
        Set<Long> processes = sessions.get();
        complaint = sandbox == null || processes.isEmpty() || over.getAsBoolean() ? null : sandbox.inspect(processes);
    }

    /** The pod ends: nothing is wrong any more. */
    void forgive() {
        complaint = null;
    }

    private void lookLater() {
        int look = looks++;
        scope.later(look < LOOKS.size() ? LOOKS.get(look) : LOOK_EVERY, () -> {
            if (looks == look + 1 && !over.getAsBoolean()) {
                look();
                lookLater();
            }
        });
    }
}
