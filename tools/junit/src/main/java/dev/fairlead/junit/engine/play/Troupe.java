// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine.play;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.played.Actor;
import dev.fairlead.pods.played.Cast;
import dev.fairlead.pods.played.Role;
import dev.fairlead.wire.select.LabelSelector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who plays which pods, and all performances of the moment. */
public final class Troupe implements Cast {
    /** What was said of the pods of a selector. */
    private record Said(String namespace, LabelSelector selector, Part part) {
        boolean isFor(Tree pod) {
            Tree meta = pod.tree("metadata");
            return meta.text("namespace", "").equals(namespace) && selector.matches(meta.textMap("labels"));
        }
    }

    private final Function<Tree, List<Integer>> aimedAt;
    private final Part usual;
    private final Pause pause;
    private final List<Said> said = new ArrayList<>();
    private final Map<String, Mood> moods = new ConcurrentHashMap<>();
    private final Map<String, List<Performance>> performances = new ConcurrentHashMap<>();

    /**
     * Nobody plays anything yet.
     *
     * @param usual what a pod is played by that nothing was said of
     * @param aimedAt the ports of a pod that Services aim at, for pods that declare none
     * @param pause how the answers of slow pods wait
     */
    public Troupe(Part usual, Function<Tree, List<Integer>> aimedAt, Pause pause) {
        this.usual = usual;
        this.aimedAt = aimedAt;
        this.pause = pause;
    }

    /** From now on the pods of a namespace that {@code selector} selects are played so; those that play now change over. */
    public void cast(String namespace, LabelSelector selector, Part part) throws IOException {
        Said now = new Said(namespace, selector, part);
        synchronized (said) {
            said.add(now);
        }
        for (List<Performance> ofPod : performances.values()) {
            for (Performance performance : ofPod) {
                if (now.isFor(performance.role().object())) {
                    change(performance);
                }
            }
        }
    }

    /** Pods that declare no port listen, beside where they do, at the ports at which Services aim now. */
    public void follow(Function<Tree, List<Integer>> aimed) {
        for (List<Performance> ofPod : performances.values()) {
            for (Performance performance : ofPod) {
                Role role = performance.role();
                if (tcp(role.container().ports()).isEmpty()) {
                    performance.follow(() -> aimed.apply(role.object()));
                }
            }
        }
    }

    private void change(Performance performance) throws IOException {
        if (isProcess(performance.role())) {
            performance.end(new Exit.Code(0), false); // and start again, as a process
        } else {
            performance.play(() -> parts(performance.role()));
        }
    }

    @Override
    public @Nullable Actor play(Role role) throws IOException {
        if (isProcess(role)) {
            return null;
        }
        Performance performance = new Performance(role, mood(role.uid()), () -> ports(role), pause);
        performances
                .computeIfAbsent(role.uid(), uid -> new CopyOnWriteArrayList<>())
                .add(performance); // before it asks what was said, so that nothing is said past it
        var _ = performance.exit().whenComplete((exit, trouble) -> leave(performance));
        try {
            performance.play(() -> parts(role));
        } catch (IOException refused) {
            leave(performance);
            throw refused;
        }
        if (mustEnd(role)) {
            performance.end(new Exit.Code(0), false);
        }
        return performance;
    }

    private void leave(Performance performance) {
        performances.computeIfPresent(performance.role().uid(), (uid, ofPod) -> {
            ofPod.remove(performance);
            return ofPod.isEmpty() ? null : ofPod;
        });
    }

    private boolean isProcess(Role role) {
        return !role.container().command().isEmpty() && said(role.object()).contains(new Part.Command());
    }

    /** What a container plays: where its pod has no port for it, nothing. */
    private List<Part> parts(Role role) {
        return portless(role) ? List.of() : said(role.object());
    }

    /** What was said of a pod: of each port the last word, and the last word on all ports. */
    private List<Part> said(Tree pod) {
        List<Part> parts = new ArrayList<>();
        Set<Integer> ports = new HashSet<>();
        synchronized (said) {
            for (Said one : said.reversed()) {
                if (one.isFor(pod) && ports.add(one.part().port())) {
                    parts.add(one.part());
                    if (one.part().port() == 0) {
                        return parts;
                    }
                }
            }
        }
        if (parts.isEmpty()) {
            parts.add(usual);
        }
        return parts;
    }

    /** Whether the pod goes on only when the container has ended: an init container that is no sidecar. */
    private static boolean mustEnd(Role role) {
        return role.init() && !role.container().sidecar();
    }

    /** Whether another container of the pod has its ports: where none declares any, the first has all. */
    private static boolean portless(Role role) {
        if (mustEnd(role)) {
            return true;
        }
        PodSpec spec = PodSpec.from(role.object());
        boolean anyDeclares = spec.containers().stream()
                .anyMatch(container -> !tcp(container.ports()).isEmpty());
        return anyDeclares
                ? tcp(role.container().ports()).isEmpty()
                : !spec.containers().getFirst().name().equals(role.container().name());
    }

    private List<Integer> ports(Role role) {
        List<Integer> declared = tcp(role.container().ports());
        return declared.isEmpty() ? aimedAt.apply(role.object()) : declared;
    }

    private static List<Integer> tcp(List<Pod.ContainerPort> ports) {
        return ports.stream()
                .filter(port -> port.protocol() == Protocol.TCP)
                .map(Pod.ContainerPort::port)
                .toList();
    }

    private Mood mood(String uid) {
        return moods.computeIfAbsent(uid, any -> new Mood());
    }

    /** The performances of a pod, by its uid. */
    List<Performance> of(String uid) {
        return performances.getOrDefault(uid, List.of());
    }

    /** What a test can do to the pod of that uid. */
    public Stage stage(String uid) {
        return new Stage(mood(uid), () -> of(uid));
    }

    /** How much each pod has served, by uid. */
    public Map<String, Long> served() {
        Map<String, Long> counts = new LinkedHashMap<>();
        moods.forEach((uid, mood) -> counts.put(uid, mood.count()));
        return counts;
    }

    /** Which pods play now, by name. */
    public List<ObjectName> playing() {
        return performances.values().stream()
                .flatMap(List::stream)
                .map(performance -> performance.role().pod())
                .distinct()
                .sorted()
                .toList();
    }
}
