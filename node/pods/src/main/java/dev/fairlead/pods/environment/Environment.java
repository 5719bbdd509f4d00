// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.EnvironmentEntry;
import dev.fairlead.pods.definition.PodSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one container, and its command with those put in. What is set later wins: the surroundings, Services,
 * {@code envFrom}, {@code env}.
 *
 * @param variables the whole environment of the process
 * @param command program and arguments, expanded
 * @param problems why the container cannot start (a missing ConfigMap, a field that does not exist); empty when it can
 */
public record Environment(Map<String, String> variables, List<String> command, List<String> problems) {

    /** Reads ConfigMaps and Secrets of the pod's namespace; a Secret's values are decoded. */
    public interface Values {
        /** The object's entries, or null when there is no such object. */
        @Nullable
        Map<String, String> entries(boolean secret, String name);
    }

    /**
     * What the pod is and where it runs, for {@code fieldRef}.
     *
     * @param podIps primary first
     */
    public record Place(PodSpec pod, List<String> podIps, List<String> hostIps) {}

    /**
     * Decides the environment and the command of a container's next process.
     *
     * @param surroundings what every process of this pod finds: PATH, HOSTNAME, POD_IP, Services
     * @param command program and arguments before expansion
     */
    public static Environment of(
            ContainerSpec container,
            Place place,
            Map<String, String> surroundings,
            List<String> command,
            Values values) {
        Map<String, String> variables = new LinkedHashMap<>(surroundings);
        List<String> problems = new ArrayList<>();
        for (EnvironmentEntry entry : container.environment()) {
            switch (entry) {
                case EnvironmentEntry.Literal(String name, String value) ->
                    variables.put(name, Expansion.expand(value, variables));
                case EnvironmentEntry.Field(String name, String path) -> {
                    String value = field(path, place);
                    if (value == null) {
                        problems.add("env " + name + ": fieldPath " + path + " is not one that a pod can ask for");
                    } else {
                        variables.put(name, value);
                    }
                }
                case EnvironmentEntry.Key key -> addKey(key, values, variables, problems);
                case EnvironmentEntry.All all -> addAll(all, values, variables, problems);
                case EnvironmentEntry.Unsupported(String name, String source) ->
                    problems.add("env " + name + ": " + source
                            + " is not supported, a process has no limits of its own; write a value instead");
            }
        }
        List<String> expanded =
                command.stream().map(word -> Expansion.expand(word, variables)).toList();
        return new Environment(java.util.Collections.unmodifiableMap(variables), expanded, List.copyOf(problems));
    }

    private static void addKey(
            EnvironmentEntry.Key key, Values values, Map<String, String> variables, List<String> problems) {
        Map<String, String> entries = values.entries(key.secret(), key.object());
        String value = entries == null ? null : entries.get(key.key());
        if (value != null) {
            variables.put(key.name(), value);
        } else if (!key.optional()) {
            problems.add(
                    entries == null
                            ? notFound(key.secret(), key.object())
                            : "couldn't find key " + key.key() + " in " + kind(key.secret()) + " " + key.object());
        }
    }

    private static void addAll(
            EnvironmentEntry.All all, Values values, Map<String, String> variables, List<String> problems) {
        Map<String, String> entries = values.entries(all.secret(), all.object());
        if (entries != null) {
            entries.forEach((name, value) -> variables.put(all.prefix() + name, value));
        } else if (!all.optional()) {
            problems.add(notFound(all.secret(), all.object()));
        }
    }

    private static String notFound(boolean secret, String name) {
        return (secret ? "secret" : "configmap") + " \"" + name + "\" not found";
    }

    private static String kind(boolean secret) {
        return secret ? "Secret" : "ConfigMap";
    }

    /** The value of a pod's field; null when a pod has no such field to ask for. */
    static @Nullable String field(String path, Place place) {
        PodSpec pod = place.pod();
        return switch (path) {
            case "metadata.name" -> pod.name().name();
            case "metadata.namespace" -> pod.name().namespace();
            case "metadata.uid" -> pod.uid();
            case "spec.nodeName" -> pod.nodeName();
            case "spec.serviceAccountName" -> pod.serviceAccount();
            case "status.podIP" -> first(place.podIps());
            case "status.podIPs" -> String.join(",", place.podIps());
            case "status.hostIP" -> first(place.hostIps());
            case "status.hostIPs" -> String.join(",", place.hostIps());
            default -> subscript(path, pod);
        };
    }

    private static @Nullable String subscript(String path, PodSpec pod) {
        int open = path.indexOf("['");
        if (open < 0 || !path.endsWith("']")) {
            return null;
        }
        String key = path.substring(open + 2, path.length() - 2);
        return switch (path.substring(0, open)) {
            case "metadata.labels" -> pod.labels().getOrDefault(key, "");
            case "metadata.annotations" -> pod.annotations().getOrDefault(key, "");
            default -> null;
        };
    }

    private static String first(List<String> texts) {
        return texts.isEmpty() ? "" : texts.getFirst();
    }
}
