// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.status.PodObservation;
import dev.fairlead.pods.status.PodStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the API is told of one pod: every status that differs from the one before, and the last one again when somebody has
 * written over it. On the owner's thread only; the writing itself happens elsewhere.
 */
final class StatusReport {
    private static final Duration CHECK_AFTER = Duration.ofSeconds(2);

    private final PodScope scope;
    private final StatusWriter writer;
    private @Nullable Map<String, Object> offered;
    private Tree there = Tree.EMPTY;
    private boolean checking;

    StatusReport(PodScope scope) {
        this.scope = scope;
        this.writer = new StatusWriter(
                scope.context().api(),
                scope.context().time(),
                scope.pod().name(),
                scope.pod().uid());
    }

    /** Has the status written that follows from what is observed. */
    void publish(PodObservation observation) {
        offered = PodStatus.of(observation, scope.context().time().now());
        writer.offer(offered);
    }

    /** Our own conditions as last offered, all others as the API has them. */
    Tree conditions(Tree object) {
        List<Object> merged = new ArrayList<>();
        Set<String> own = new HashSet<>();
        for (Tree condition : Tree.of(offered).trees("conditions")) {
            own.add(condition.text("type", ""));
            merged.add(condition.fields());
        }
        for (Tree condition : object.tree("status").trees("conditions")) {
            if (!own.contains(condition.text("type", ""))) {
                merged.add(condition.fields());
            }
        }
        return Tree.of(Map.of("conditions", merged));
    }

    /**
     * Takes note of the object as the API has it. Somebody may have written over our status; that is looked at a little
     * later, because the object seen may just be older than our last write.
     */
    void seen(Tree object) {
        there = object;
        if (!checking && offered != null && overwritten()) {
            checking = true;
            scope.later(CHECK_AFTER, () -> {
                checking = false;
                if (overwritten()) {
                    writer.repeat();
                }
            });
        }
    }

    private boolean overwritten() {
        Tree own = Tree.of(offered);
        Tree status = there.tree("status");
        return !Objects.equals(own.value("phase"), status.value("phase"))
                || !Objects.equals(own.value("podIP"), status.value("podIP"))
                || !Objects.equals(own.value("containerStatuses"), status.value("containerStatuses"))
                || ready(own) != ready(status); // as of a node that was thought to be lost
    }

    private static boolean ready(Tree status) {
        return status.trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }

    /** Completes when all that was offered is written, or will never be. */
    CompletableFuture<@Nullable Void> quiet() {
        return writer.quiet();
    }

    /** Tells nothing any more. */
    void close() {
        writer.close();
    }
}
