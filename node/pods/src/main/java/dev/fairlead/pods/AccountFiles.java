// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.network.Sandbox;
import dev.fairlead.pods.volume.VolumeProblem;
import dev.fairlead.pods.volume.Volumes;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * By what a container finds the API and proves who it is: {@code token}, {@code ca.crt} and {@code namespace} of its service
 * account, where clients in pods look for them. Where the container has no mounts of its own, or that place cannot be had on this
 * machine, the variable {@code KUBECONFIG} leads to a file that says the same.
 */
final class AccountFiles {
    /** Where every client in a pod looks. */
    static final Path PLACE = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final String NAME = "fairlead-api-access";
    /** As long as a kubelet asks for: an hour, and a little for the way. */
    private static final long SECONDS = 3_607;

    private static final int MODE = 0600;

    private final PodContext context;
    private final PodSpec pod;
    private final Sandbox sandbox;

    AccountFiles(PodContext context, PodSpec pod, Sandbox sandbox) {
        this.context = context;
        this.pod = pod;
        this.sandbox = sandbox;
    }

    /** Whether {@code container} is given them. */
    boolean wanted(ContainerSpec container) {
        Boolean said = pod.mountsToken();
        if (context.settings().authority().isEmpty() || said != null && !said) {
            return false;
        }
        boolean own = container.mounts().stream()
                .anyMatch(mount -> Path.of(mount.path()).normalize().equals(PLACE));
        return !own && (said != null || ofAccount());
    }

    private boolean ofAccount() {
        try {
            return context.api().mountsTokens(new ObjectName(pod.name().namespace(), pod.serviceAccount()));
        } catch (IOException noAnswer) {
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Writes them, and shows them to the process to be.
     *
     * @param mounts of the process; the place comes first
     * @param variables of the process
     */
    void give(ContainerSpec container, Volumes volumes, List<BindMount> mounts, Map<String, String> variables)
            throws VolumeProblem {
        try {
            Path place = sandbox.mounts() ? place() : null;
            if (place != null) {
                mounts.addFirst(new BindMount(volumes.prepare(volume(List.of()), container), place, true));
                return;
            }
            String host = variables.get("KUBERNETES_SERVICE_HOST");
            if (host == null) {
                return; // there is no way to the API
            }
            Path folder = context.records()
                    .folder(pod.uid())
                    .toAbsolutePath()
                    .resolve("volumes")
                    .resolve(NAME);
            String server = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                    + variables.get("KUBERNETES_SERVICE_PORT");
            Path written = volumes.prepare(
                    volume(List.of(new Volume.Text("kubeconfig", kubeconfig(server, folder)))), container);
            variables.putIfAbsent("KUBECONFIG", written.resolve("kubeconfig").toString());
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write the token of pod " + pod.name(), refused);
        }
    }

    /** The volume that no pod names. */
    Volume volume(List<Volume.Files> more) {
        List<Volume.Files> files = new ArrayList<>(more);
        files.add(new Volume.Token("token", "", SECONDS, true));
        files.add(new Volume.Text("ca.crt", context.settings().authority()));
        files.add(new Volume.Text("namespace", pod.name().namespace()));
        return new Volume(NAME, new Volume.Written(List.copyOf(files), MODE));
    }

    /** The place on this machine, which is made once; null where it cannot be. */
    private static @Nullable Path place() {
        try {
            return Files.createDirectories(PLACE).toRealPath();
        } catch (IOException notOurs) {
            return null;
        }
    }

    private String kubeconfig(String server, Path folder) {
        Map<String, Object> cluster = Map.of(
                "server",
                server,
                "certificate-authority",
                folder.resolve("ca.crt").toString());
        Map<String, Object> user = Map.of("tokenFile", folder.resolve("token").toString());
        Map<String, Object> chosen =
                Map.of("cluster", NAME, "user", NAME, "namespace", pod.name().namespace());
        Map<String, Object> config = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Config",
                "clusters",
                List.of(Map.of("name", NAME, "cluster", cluster)),
                "users",
                List.of(Map.of("name", NAME, "user", user)),
                "contexts",
                List.of(Map.of("name", NAME, "context", chosen)),
                "current-context",
                NAME);
        return new String(Json.write(config), java.nio.charset.StandardCharsets.UTF_8);
    }
}
