// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import dev.fairlead.pods.definition.ContainerSpec;
import dev.fairlead.pods.definition.EnvironmentEntry;
import dev.fairlead.pods.definition.ResourceField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables of one container, and its command with those put in. What is set later wins: the surroundings, Services,
 * {@code envFrom}, {@code env}.
 *
 * @param variables the whole environment of the process
 * @param command program and arguments, expanded
 * @param problems why the container cannot start (a missing ConfigMap, a field that does not exist); empty when it can
 */
public record Environment(Map<String, String> variables, List<String> command, List<String> problems) {

    /**
     * Decides the environment and the command of a container's next process.
     *
     * @param fields what the pod is and where it runs
     * @param surroundings what every process of this pod finds: PATH, HOSTNAME, POD_IP, Services
     * @param command program and arguments before expansion
     */
    public static Environment of(
            ContainerSpec container,
            PodFields fields,
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
                    String value = fields.field(path);
                    if (value == null) {
                        problems.add("env " + name + ": fieldPath " + path + " is not one that a pod can ask for");
                    } else {
                        variables.put(name, value);
                    }
                }
                case EnvironmentEntry.Resource(String name, ResourceField field) -> {
                    String value = fields.resource(field, container);
                    if (value == null) {
                        problems.add("env " + name + ": nothing is known of the resource " + field.resource());
                    } else {
                        variables.put(name, value);
                    }
                }
                case EnvironmentEntry.Key key -> addKey(key, values, variables, problems);
                case EnvironmentEntry.All all -> addAll(all, values, variables, problems);
                case EnvironmentEntry.Unsupported(String name, String source) ->
                    problems.add("env " + name + ": " + source
                            + " is not supported here; write a value, or use configMapKeyRef or secretKeyRef");
            }
        }
        List<String> expanded =
                command.stream().map(word -> Expansion.expand(word, variables)).toList();
        return new Environment(java.util.Collections.unmodifiableMap(variables), expanded, List.copyOf(problems));
    }

    private static void addKey(
            EnvironmentEntry.Key key, Values values, Map<String, String> variables, List<String> problems) {
        Values.Entries entries = values.entries(key.secret(), key.object());
        String value = entries == null ? null : entries.text(key.key());
        if (value != null) {
            variables.put(key.name(), value);
        } else if (!key.optional()) {
            problems.add(
                    entries == null
                            ? Values.notFound(key.secret(), key.object())
                            : Values.noKey(key.secret(), key.object(), key.key()));
        }
    }

    private static void addAll(
            EnvironmentEntry.All all, Values values, Map<String, String> variables, List<String> problems) {
        Values.Entries entries = values.entries(all.secret(), all.object());
        if (entries != null) {
            entries.texts().keySet().forEach(name -> variables.put(all.prefix() + name, entries.text(name)));
        } else if (!all.optional()) {
            problems.add(Values.notFound(all.secret(), all.object()));
        }
    }
}
