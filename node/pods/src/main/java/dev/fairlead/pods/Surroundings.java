// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.kernel.process.Spawn;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.environment.Environment;
import dev.fairlead.pods.environment.PodFields;
import dev.fairlead.pods.environment.ServiceLinks;
import dev.fairlead.pods.environment.Values;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.volume.Tokens;
import dev.fairlead.pods.volume.VolumeProblem;
import dev.fairlead.pods.volume.Volumes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decides what a container's process is: program, environment, volumes, directory. */
final class Surroundings {
    /** In the environment of every process, so that one without a record can be found after a crash. */
    static final String MARK = "FAIRLEAD_POD";

    /** Why a container cannot be started as it is written. */
    static final class Unstartable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;
        private final boolean forGood;

        /** {@code forGood}: nothing but another pod will change it. */
        Unstartable(String reason, boolean forGood, String message) {
            super(message);
            this.reason = reason;
            this.forGood = forGood;
        }

        String reason() {
            return reason;
        }

        boolean forGood() {
            return forGood;
        }
    }

    private static final System.Logger LOG = System.getLogger(Surroundings.class.getName());

    private final PodContext context;
    private final PodSpec pod;
    private final Sandbox sandbox;
    private final PodCgroups cgroups;
    private final PodFields fields;
    private final Values values;
    private final Volumes volumes;
    private final AccountFiles account;

    Surroundings(PodContext context, PodSpec pod, Sandbox sandbox, PodCgroups cgroups, Tokens tokens) {
        this.cgroups = cgroups;
        this.context = context;
        this.pod = pod;
        this.sandbox = sandbox;
        List<String> podIps =
                sandbox.addresses().stream().map(IpAddress::toString).toList();
        this.fields = new PodFields(pod, podIps, hostIps(), context.allocatable());
        this.values = values();
        this.volumes = new Volumes(context.records().folder(pod.uid()), fields, values, tokens);
        this.account = new AccountFiles(context, pod, sandbox);
    }

    /** The variables and the command of {@code container}; without a program when only an image could tell it. */
    Environment environment(ContainerSpec container) throws Unstartable {
        List<String> command = new ArrayList<>(program(container));
        command.addAll(container.arguments());
        Environment environment = Environment.of(container, fields, variables(fields.podIps()), command, values);
        if (!environment.problems().isEmpty()) {
            throw new Unstartable("CreateContainerConfigError", false, String.join("; ", environment.problems()));
        }
        return environment;
    }

    /** The process of {@code container}, writing to {@code log}. */
    Spawn process(ContainerSpec container, Environment environment, Path log) throws Unstartable {
        if (program(container).isEmpty()) {
            throw nothingToRun(container, context.settings().images());
        }
        Map<String, String> all = new LinkedHashMap<>(environment.variables());
        all.put(MARK, pod.uid());
        List<BindMount> mounts = mounts(container, environment, all);
        Spawn spawn = Spawn.of(environment.command())
                .withEnvironment(all)
                .withMounts(mounts)
                .withDirectory(directory(container))
                .withOutput(log);
        Path cgroup = cgroups.of(container.name());
        return sandbox.placed(cgroup == null ? spawn : spawn.withCgroup(cgroup));
    }

    /** Goes on taking care of the tokens of a container that an earlier life has started. */
    void keepTokens(ContainerSpec container) {
        List<Volume> mounted = new ArrayList<>(pod.volumes().stream()
                .filter(volume -> container.mounts().stream()
                        .anyMatch(mount -> mount.volume().equals(volume.name())))
                .toList());
        if (account.wanted(container)) {
            mounted.add(account.volume(List.of()));
        }
        try {
            volumes.keepTokens(mounted, container);
        } catch (VolumeProblem | IOException refused) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "tokens of pod {0} are not renewed: {1}",
                    pod.name(),
                    refused.getMessage());
        }
    }

    /** @param all the variables of the process, which may come to be more */
    private List<BindMount> mounts(ContainerSpec container, Environment environment, Map<String, String> all)
            throws Unstartable {
        if (!container.mounts().isEmpty() && !sandbox.mounts()) {
            throw new Unstartable(
                    "CreateContainerConfigError",
                    true,
                    "volumeMounts of container " + container.name()
                            + ": the loopback network has no mount namespaces to show volumes in. Use the kernel or the"
                            + " rootless network, or give the values under env by configMapKeyRef or secretKeyRef");
        }
        try {
            List<BindMount> mounts = new ArrayList<>(volumes.of(container, environment.variables()));
            if (account.wanted(container)) {
                account.give(container, volumes, mounts, all);
            }
            return mounts;
        } catch (VolumeProblem problem) {
            throw new Unstartable(
                    "CreateContainerConfigError", problem.forGood(), String.valueOf(problem.getMessage()));
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot prepare volumes of pod " + pod.name(), refused);
        }
    }

    List<String> hostIps() {
        return context.settings().nodeIps().stream().map(IpAddress::toString).toList();
    }

    /** The program before expansion: as written, or that of a built-in image; empty when there is none. */
    private List<String> program(ContainerSpec container) {
        return container.command().isEmpty()
                ? context.settings().images().getOrDefault(untagged(container.image()), List.of())
                : container.command();
    }

    /** Says what to write. */
    private static Unstartable nothingToRun(ContainerSpec container, Map<String, List<String>> images) {
        return new Unstartable(
                "NoCommand",
                true,
                "Fairlead runs processes, not images, so image \"" + container.image()
                        + "\" tells it nothing to run. Write the program under command of container "
                        + container.name() + ", such as command: [\"python3\", \"-m\", \"http.server\", \"8080\"]"
                        + (container.arguments().isEmpty()
                                ? ""
                                : " (args alone are no program; kubectl run makes a command of them with --command)")
                        + (images.isEmpty() ? "" : ", or use a built-in image: " + String.join(", ", images.keySet())));
    }

    /** An image name without tag and digest: {@code fairlead.dev/echo:v2} is {@code fairlead.dev/echo}. */
    static String untagged(String image) {
        int digest = image.indexOf('@');
        String name = digest < 0 ? image : image.substring(0, digest);
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    private Map<String, String> variables(List<String> podIps) {
        Map<String, String> variables = new LinkedHashMap<>(context.settings().environment());
        variables.put("HOSTNAME", pod.ownHostname());
        variables.put(
                "HOME", context.records().folder(pod.uid()).resolve("work").toString());
        variables.put("POD_IP", podIps.getFirst());
        variables.putAll(sandbox.environment());
        variables.putAll(
                ServiceLinks.variables(context.services().services(pod.name().namespace(), pod.serviceLinks())));
        return variables;
    }

    private Path directory(ContainerSpec container) throws Unstartable {
        Path wanted = container.workingDirectory().isEmpty()
                ? context.records().folder(pod.uid()).resolve("work")
                : Path.of(container.workingDirectory());
        try {
            if (container.workingDirectory().isEmpty()) {
                Files.createDirectories(wanted);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot make " + wanted, refused);
        }
        if (!Files.isDirectory(wanted)) {
            throw new Unstartable(
                    "CreateContainerConfigError",
                    false,
                    "workingDir " + wanted + " of container " + container.name()
                            + " is no directory on this node; make it, or leave workingDir out");
        }
        return wanted.toAbsolutePath();
    }

    private Values values() {
        return (secret, name) -> {
            try {
                return context.api().entries(secret, new ObjectName(pod.name().namespace(), name));
            } catch (IOException noAnswer) {
                throw new UncheckedIOException(noAnswer);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return null;
            }
        };
    }
}
