// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.Rotation;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits until no node sends new connections to a pod. First the slice controller has to say, on the pod, which revision of
 * a slice took it out ("0" when no Service selects it); then every node that has a lease has to have programmed that
 * revision. Nobody knows what a node does whose lease has run out: it is waited for as long as may be, then told about.
 * Only if its Node object is gone too is it known to be no more, and nobody waits.
 */
final class OutOfRotation implements Rotation {
    /** On a terminating pod: the revision of the slice write that took it out of rotation. */
    static final String REVISION = "fairlead.dev/endpoints-revision";

    private final String node;
    private final Progress progress;
    private final Informer<NodeLease> leases;
    private final Predicate<String> nodes;
    private final Time time;
    private final Map<String, Long> revisions = new ConcurrentHashMap<>();

    /** On {@code node}; {@code nodes} tells whether there is a Node object of a name. */
    OutOfRotation(String node, Progress progress, Informer<NodeLease> leases, Predicate<String> nodes, Time time) {
        this.node = node;
        this.progress = progress;
        this.leases = leases;
        this.nodes = nodes;
        this.time = time;
    }

    /** Takes note of what is said on a pod. */
    void observe(@Nullable Tree old, @Nullable Tree now) {
        if (now != null) {
            Long said = revision(now);
            if (said != null) {
                revisions.put(uid(now), said);
                progress.changed();
            }
        } else if (old != null) {
            revisions.remove(uid(old));
            progress.changed();
        }
    }

    private static @Nullable Long revision(Tree pod) {
        String text = pod.tree("metadata").textMap("annotations").get(REVISION);
        try {
            return text == null ? null : Long.valueOf(text);
        } catch (NumberFormatException nonsense) {
            return null;
        }
    }

    private static String uid(Tree pod) {
        return pod.tree("metadata").text("uid", "");
    }

    @Override
    public Outcome awaitOutOfRotation(Tree pod, Duration bound) throws InterruptedException {
        long end = time.nanos() + bound.toNanos();
        String uid = uid(pod);
        Long known = revision(pod);
        if (known != null) {
            revisions.put(uid, known);
        }
        if (!progress.await(() -> revisions.containsKey(uid), bound)) {
            return new Outcome(false, "the slice controller has not taken the pod out of its Services");
        }
        long revision = revisions.getOrDefault(uid, 0L);
        Duration rest = Duration.ofNanos(Math.max(0, end - time.nanos()));
        if (progress.await(() -> behind(revision).isEmpty(), rest)) {
            return Outcome.OUT;
        }
        return new Outcome(
                false,
                "new connections may still come from "
                        + behind(revision).stream().collect(Collectors.joining(", ")));
    }

    /** The nodes that are not known to have come to {@code revision}. */
    private List<String> behind(long revision) {
        if (revision == 0) {
            return List.of();
        }
        Instant now = time.now();
        return Stream.concat(
                        progress.programmed() < revision ? Stream.of("node " + node) : Stream.of(),
                        leases.all().stream()
                                .filter(lease -> !lease.node().equals(node))
                                .filter(lease -> lease.programmed() < revision)
                                .filter(lease -> lease.liveAt(now) || nodes.test(lease.node()))
                                .map(lease ->
                                        "node " + lease.node() + (lease.liveAt(now) ? "" : ", whose lease ran out")))
                .sorted()
                .toList();
    }
}
