// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.definition;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pod asks of the node it is bound to. Everything but labels and annotations is fixed for the pod's life.
 *
 * @param uid the pod's identity; two pods of one name differ in it
 * @param mountsToken whether containers find a token of the service account; null: as the account says
 * @param grace how long the pod may take to end after SIGTERM was due; zero or more seconds
 * @param serviceLinks whether the Services of the namespace appear in the environment
 * @param hosts further lines of /etc/hosts
 * @param readinessGates condition types, written by others, that the Ready condition waits for
 */
public record PodSpec(
        ObjectName name,
        String uid,
        Map<String, String> labels,
        Map<String, String> annotations,
        String nodeName,
        String serviceAccount,
        @Nullable Boolean mountsToken,
        List<ContainerSpec> initContainers,
        List<ContainerSpec> containers,
        List<Volume> volumes,
        RestartPolicy restartPolicy,
        Duration grace,
        boolean hostNetwork,
        boolean serviceLinks,
        String hostname,
        String subdomain,
        DnsPolicy dnsPolicy,
        DnsConfig dnsConfig,
        List<HostAlias> hosts,
        List<String> readinessGates) {

    /** What happens when a container has ended. */
    public enum RestartPolicy {
        /** It is started again. */
        ALWAYS,
        /** It is started again unless it ended with code 0. */
        ON_FAILURE,
        /** It stays ended. */
        NEVER
    }

    /** Where the pod's names are resolved. */
    public enum DnsPolicy {
        /** By the cluster's DNS, which forwards what is not its own. */
        CLUSTER_FIRST,
        /** The same also for a pod in the node's own network. */
        CLUSTER_FIRST_WITH_HOST_NET,
        /** As the node does. */
        DEFAULT,
        /** As {@code dnsConfig} says and not otherwise. */
        NONE
    }

    /** Additions of the pod's own to its resolv.conf; an option without value has an empty one. */
    public record DnsConfig(List<String> nameservers, List<String> searches, Map<String, String> options) {}

    /** One more line of /etc/hosts. */
    public record HostAlias(String ip, List<String> hostnames) {}

    /** Reads a pod. */
    public static PodSpec from(Tree object) {
        Tree meta = object.tree("metadata");
        Tree spec = object.tree("spec");
        return new PodSpec(
                new ObjectName(meta.text("namespace", "default"), meta.text("name", "")),
                meta.text("uid", ""),
                meta.textMap("labels"),
                meta.textMap("annotations"),
                spec.text("nodeName", ""),
                spec.text("serviceAccountName", "default"),
                spec.has("automountServiceAccountToken") ? spec.truth("automountServiceAccountToken", true) : null,
                spec.trees("initContainers").stream().map(ContainerSpec::from).toList(),
                spec.trees("containers").stream().map(ContainerSpec::from).toList(),
                spec.trees("volumes").stream().map(Volume::from).toList(),
                restartPolicy(spec.text("restartPolicy", "Always")),
                Duration.ofSeconds(Math.max(0, spec.whole("terminationGracePeriodSeconds", 30))),
                spec.truth("hostNetwork", false),
                spec.truth("enableServiceLinks", true),
                spec.text("hostname", ""),
                spec.text("subdomain", ""),
                dnsPolicy(spec.text("dnsPolicy", "ClusterFirst")),
                dnsConfig(spec.tree("dnsConfig")),
                spec.trees("hostAliases").stream()
                        .map(alias -> new HostAlias(alias.text("ip", ""), alias.texts("hostnames")))
                        .toList(),
                spec.trees("readinessGates").stream()
                        .map(gate -> gate.text("conditionType", ""))
                        .toList());
    }

    /** What the pod calls itself: {@code spec.hostname}, or its name, at most 63 characters. */
    public String ownHostname() {
        String wanted = hostname.isEmpty() ? name.name() : hostname;
        return wanted.length() <= 63 ? wanted : wanted.substring(0, 63).replaceAll("[-.]+$", "");
    }

    /** Init containers, then containers, in their order. */
    public List<ContainerSpec> all() {
        List<ContainerSpec> all = new ArrayList<>(initContainers);
        all.addAll(containers);
        return List.copyOf(all);
    }

    private static RestartPolicy restartPolicy(String text) {
        return switch (text) {
            case "Never" -> RestartPolicy.NEVER;
            case "OnFailure" -> RestartPolicy.ON_FAILURE;
            default -> RestartPolicy.ALWAYS;
        };
    }

    private static DnsPolicy dnsPolicy(String text) {
        return switch (text) {
            case "ClusterFirstWithHostNet" -> DnsPolicy.CLUSTER_FIRST_WITH_HOST_NET;
            case "Default" -> DnsPolicy.DEFAULT;
            case "None" -> DnsPolicy.NONE;
            default -> DnsPolicy.CLUSTER_FIRST;
        };
    }

    private static DnsConfig dnsConfig(Tree tree) {
        Map<String, String> options = new LinkedHashMap<>();
        tree.trees("options").forEach(option -> options.put(option.text("name", ""), option.text("value", "")));
        return new DnsConfig(
                tree.texts("nameservers"), tree.texts("searches"), java.util.Collections.unmodifiableMap(options));
    }
}
