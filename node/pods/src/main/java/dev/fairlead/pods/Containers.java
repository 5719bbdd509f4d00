// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.log.PodLogs;
import dev.fairlead.pods.status.ContainerObservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The containers of one pod and the order among them: init containers one after the other (a sidecar stays), then the
 * ordinary ones together; at the end the ordinary ones first, then the sidecars, the last one first. On the owner's thread
 * only.
 */
final class Containers {
    private final PodScope scope;
    private final List<ContainerRun> init;
    private final List<ContainerRun> ordinary;

    /** Nothing is started yet. */
    Containers(PodScope scope, Function<ContainerSpec, ContainerRun> run) {
        PodSpec pod = scope.pod();
        this.scope = scope;
        this.init = pod.initContainers().stream().map(run).toList();
        this.ordinary = pod.containers().stream().map(run).toList();
    }

    private Stream<ContainerRun> all() {
        return Stream.concat(init.stream(), ordinary.stream());
    }

    boolean noneRuns() {
        return all().noneMatch(ContainerRun::running);
    }

    /** The container of that name, or null. */
    @Nullable
    ContainerRun named(String name) {
        return all().filter(run -> run.spec().name().equals(name)).findFirst().orElse(null);
    }

    /** The sessions of the processes that run. */
    Set<Long> sessions() {
        Set<Long> sessions = new HashSet<>();
        all().map(ContainerRun::session).filter(session -> session > 0).forEach(sessions::add);
        return sessions;
    }

    /** Whether no container will run again (sidecars aside, which end with the others). */
    boolean done() {
        boolean initFailed = init.stream()
                .anyMatch(run ->
                        run.finished() && !run.initialized() && !run.spec().sidecar());
        return initFailed || (!ordinary.isEmpty() && ordinary.stream().allMatch(ContainerRun::finished));
    }

    /** Starts what is due; whether a process was started. */
    boolean startDue() {
        int before = sessions().size();
        boolean initialized = true;
        for (ContainerRun run : init) {
            if (!initialized) {
                break;
            }
            if (!run.initialized() || run.spec().sidecar()) {
                run.startIfDue();
            }
            initialized = run.initialized();
        }
        if (initialized) {
            ordinary.forEach(ContainerRun::startIfDue);
        }
        return sessions().size() > before;
    }

    /** Ends the sidecars of a pod that is done; whether any still runs. */
    boolean endSidecars(CompletableFuture<?> hurry) {
        List<ContainerRun> sidecars =
                init.stream().filter(ContainerRun::running).toList();
        sidecars.forEach(run -> {
            var _ = run.stop(scope.pod().grace(), hurry);
            run.retire();
        });
        return !sidecars.isEmpty();
    }

    /** Nothing will be started again. */
    void retire() {
        all().forEach(ContainerRun::retire);
    }

    /** Stops all processes; completes when that was done. */
    CompletableFuture<@Nullable Void> stop(Duration grace, CompletableFuture<?> hurry) {
        long end = scope.context().time().nanos() + grace.toNanos();
        List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
        Stream.concat(ordinary.stream(), init.stream().filter(run -> !run.spec().sidecar()))
                .filter(ContainerRun::running)
                .forEach(run -> {
                    run.sayKilling();
                    stops.add(run.stop(grace, hurry));
                });
        CompletableFuture<@Nullable Void> all = Waiting.all(stops);
        for (ContainerRun sidecar : init.reversed()) {
            if (sidecar.spec().sidecar() && sidecar.running()) {
                all = all.thenCompose(before -> stopLater(sidecar, end, hurry));
            }
        }
        return all;
    }

    private CompletableFuture<@Nullable Void> stopLater(ContainerRun sidecar, long end, CompletableFuture<?> hurry) {
        CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
        scope.post(() -> {
            Duration left =
                    Duration.ofNanos(Math.max(0, end - scope.context().time().nanos()));
            var _ = sidecar.stop(left, hurry).thenRun(() -> stopped.complete(null));
        });
        return stopped;
    }

    /** Takes up what an earlier life left; {@code status} is the pod's in the API. */
    void adopt(Map<String, PodRecord.ContainerRecord> records, boolean sameBoot, Tree status) {
        all().forEach(run -> {
            PodRecord.ContainerRecord record = records.get(run.spec().name());
            if (record != null) {
                run.adopt(record, sameBoot, told(status, run.spec().name()));
            }
        });
    }

    private static Tree told(Tree status, String name) {
        return Stream.concat(status.trees("initContainerStatuses").stream(), status.trees("containerStatuses").stream())
                .filter(container -> container.text("name", "").equals(name))
                .findFirst()
                .orElse(Tree.EMPTY);
    }

    /** What the next life must know, by the containers' names. */
    Map<String, PodRecord.ContainerRecord> records() {
        Map<String, PodRecord.ContainerRecord> records = new LinkedHashMap<>();
        all().forEach(run -> records.put(run.spec().name(), run.record()));
        return records;
    }

    List<ContainerObservation> initObservations() {
        return init.stream().map(ContainerRun::observation).toList();
    }

    List<ContainerObservation> observations() {
        return ordinary.stream().map(ContainerRun::observation).toList();
    }

    PodLogs.Source logSource() {
        return new PodLogs.Source(
                scope.pod().uid(), all().map(ContainerRun::logSource).toList(), ordinary.size());
    }

    /** Lets go of the processes without ending them. */
    void close() {
        all().forEach(ContainerRun::close);
    }
}
