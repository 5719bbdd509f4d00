// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.pods.log.LogLimits;
import dev.fairlead.pods.played.Cast;
import dev.fairlead.pods.status.Backoff;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this node runs pods; every {@code with…} gives a changed copy.
 *
 * @param nodeName whose pods are run
 * @param directory the node's data directory; records, scratch directories and logs of pods lie below it
 * @param nodeIps the node's own addresses, primary first
 * @param environment what every process finds in its environment before anything else; PATH belongs here
 * @param images command lines of built-in images, by the image's name without tag
 * @param backoff how long a container that ended waits
 * @param authority the certificate authority of the API's own certificate, PEM, for pods that ask it; empty when they cannot
 * @param cgroup the cgroup v2 directory below which each container gets one of its own, or null for none
 * @param cast who plays containers inside this JVM instead of their processes
 */
public record PodSettings(
        String nodeName,
        Path directory,
        List<IpAddress> nodeIps,
        Map<String, String> environment,
        Map<String, List<String>> images,
        Backoff.Limits backoff,
        LogLimits logs,
        String authority,
        @Nullable Path cgroup,
        Cast cast) {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** Kubernetes' own times and sizes, the usual PATH, no built-in image, no cgroup. */
    public static PodSettings of(String nodeName, Path directory, List<IpAddress> nodeIps) {
        return new PodSettings(
                nodeName,
                directory,
                List.copyOf(nodeIps),
                Map.of("PATH", PATH),
                Map.of(),
                Backoff.Limits.USUAL,
                LogLimits.USUAL,
                "",
                null,
                Cast.NOBODY);
    }

    /** With built-in images. */
    public PodSettings withImages(Map<String, List<String>> commands) {
        return new PodSettings(
                nodeName,
                directory,
                nodeIps,
                environment,
                Map.copyOf(commands),
                backoff,
                logs,
                authority,
                cgroup,
                cast);
    }

    /** With another environment. */
    public PodSettings withEnvironment(Map<String, String> variables) {
        return new PodSettings(
                nodeName, directory, nodeIps, Map.copyOf(variables), images, backoff, logs, authority, cgroup, cast);
    }

    /** With other waiting times for containers that ended. */
    public PodSettings withBackoff(Backoff.Limits limits) {
        return new PodSettings(
                nodeName, directory, nodeIps, environment, images, limits, logs, authority, cgroup, cast);
    }

    /** With other limits for logs. */
    public PodSettings withLogs(LogLimits limits) {
        return new PodSettings(
                nodeName, directory, nodeIps, environment, images, backoff, limits, authority, cgroup, cast);
    }

    /** With pods that are given tokens for the API, whose certificate is of this authority. */
    public PodSettings withAuthority(String pem) {
        return new PodSettings(nodeName, directory, nodeIps, environment, images, backoff, logs, pem, cgroup, cast);
    }

    /** With all processes of pods in {@code group}. */
    public PodSettings withCgroup(Path group) {
        return new PodSettings(
                nodeName, directory, nodeIps, environment, images, backoff, logs, authority, group, cast);
    }

    /** With pods played by {@code players}, as far as they do. */
    public PodSettings withCast(Cast players) {
        return new PodSettings(
                nodeName, directory, nodeIps, environment, images, backoff, logs, authority, cgroup, players);
    }
}
