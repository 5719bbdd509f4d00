// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.Pod.ContainerPort;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One process of a pod.
 *
 * @param image accepted for the sake of manifests; only built-in images mean anything (there is no image runtime)
 * @param workingDirectory absolute; empty for a scratch directory of the pod's own
 * @param limits of resources, by name, as quantities; nothing here enforces them, but containers may ask for them
 * @param requests the same
 * @param sidecar an init container that keeps running beside those after it ({@code restartPolicy: Always})
 */
public record ContainerSpec(
        String name,
        String image,
        List<String> command,
        List<String> arguments,
        String workingDirectory,
        List<EnvironmentEntry> environment,
        List<ContainerPort> ports,
        List<VolumeMount> mounts,
        Map<String, String> limits,
        Map<String, String> requests,
        @Nullable ProbeSpec startup,
        @Nullable ProbeSpec liveness,
        @Nullable ProbeSpec readiness,
        @Nullable Action postStart,
        @Nullable Action preStop,
        boolean sidecar) {

    static ContainerSpec from(Tree container) {
        Tree lifecycle = container.tree("lifecycle");
        return new ContainerSpec(
                container.text("name", ""),
                container.text("image", ""),
                container.texts("command"),
                container.texts("args"),
                container.text("workingDir", ""),
                EnvironmentEntry.list(container),
                container.trees("ports").stream().map(ContainerSpec::port).toList(),
                container.trees("volumeMounts").stream().map(VolumeMount::from).toList(),
                quantities(container.tree("resources").tree("limits")),
                quantities(container.tree("resources").tree("requests")),
                ProbeSpec.from(container, "startupProbe"),
                ProbeSpec.from(container, "livenessProbe"),
                ProbeSpec.from(container, "readinessProbe"),
                Action.from(lifecycle.tree("postStart")),
                Action.from(lifecycle.tree("preStop")),
                container.text("restartPolicy", "").equals("Always"));
    }

    /** The same with those probes and hooks alone whose action {@code asked} accepts. */
    public ContainerSpec asking(Predicate<Action> asked) {
        return new ContainerSpec(
                name,
                image,
                command,
                arguments,
                workingDirectory,
                environment,
                ports,
                mounts,
                limits,
                requests,
                kept(startup, asked),
                kept(liveness, asked),
                kept(readiness, asked),
                postStart == null || !asked.test(postStart) ? null : postStart,
                preStop == null || !asked.test(preStop) ? null : preStop,
                sidecar);
    }

    private static @Nullable ProbeSpec kept(@Nullable ProbeSpec probe, Predicate<Action> asked) {
        return probe == null || !asked.test(probe.action()) ? null : probe;
    }

    /** The number behind an int-or-string port: itself, digits, or the name of a declared port; else empty. */
    public OptionalInt resolve(Object port) {
        if (port instanceof Number number) {
            return OptionalInt.of(number.intValue());
        }
        String name = port.toString();
        for (ContainerPort declared : ports) {
            if (declared.name().equals(name)) {
                return OptionalInt.of(declared.port());
            }
        }
        return name.matches("[0-9]{1,5}") ? OptionalInt.of(Integer.parseInt(name)) : OptionalInt.empty();
    }

    /** A quantity may be written as a number. */
    private static Map<String, String> quantities(Tree tree) {
        return tree.fields().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> entry.getValue().toString()));
    }

    private static ContainerPort port(Tree port) {
        return new ContainerPort(
                port.text("name", ""),
                Protocol.parse(port.text("protocol", "TCP")).orElse(Protocol.TCP),
                (int) port.whole("containerPort", 0));
    }
}
