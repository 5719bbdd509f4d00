// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One rule of a role: these verbs with these resources, or with these paths. {@code *} stands for all; a path may end in it.
 *
 * @param names which objects; empty for all
 */
public record Rule(
        List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> paths) {
    private static final String ALL = "*";
    /** Everything there is to do with objects. */
    public static final Rule ALL_OBJECTS = new Rule(List.of(ALL), List.of(ALL), List.of(ALL), List.of(), List.of());
    /** Everything there is to do with paths. */
    public static final Rule ALL_PATHS = new Rule(List.of(ALL), List.of(), List.of(), List.of(), List.of(ALL));

    /** Reads a {@code PolicyRule} object. */
    public static Rule from(Tree rule) {
        return new Rule(
                rule.texts("verbs"),
                rule.texts("apiGroups"),
                rule.texts("resources"),
                rule.texts("resourceNames"),
                rule.texts("nonResourceURLs"));
    }

    /** The rules under {@code rules} of a role. */
    public static List<Rule> all(Tree role) {
        return role.trees("rules").stream().map(Rule::from).toList();
    }

    /** The {@code PolicyRule} object. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("verbs", List.copyOf(verbs));
        put(tree, "apiGroups", groups);
        put(tree, "resources", resources);
        put(tree, "resourceNames", names);
        put(tree, "nonResourceURLs", paths);
        return tree;
    }

    private static void put(Map<String, Object> tree, String field, List<String> values) {
        if (!values.isEmpty()) {
            tree.put(field, List.copyOf(values));
        }
    }

    /** Whether it allows {@code act}. */
    public boolean allows(Act act) {
        return (verbs.contains(ALL) || verbs.contains(act.verb()))
                && switch (act) {
                    case Act.OnPath path -> hasPath(path.path());
                    case Act.OnObject object ->
                        (groups.contains(ALL) || groups.contains(object.group()))
                                && hasResource(object.resource())
                                && (names.isEmpty() || names.contains(object.name()));
                };
    }

    private boolean hasResource(String wanted) {
        for (String resource : resources) {
            if (resource.equals(ALL) || resource.equals(wanted) || everySub(resource, wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code *}{@code /status} stands for {@code pods/status}. */
    private static boolean everySub(String resource, String wanted) {
        int slash = wanted.indexOf('/');
        return slash >= 0
                && resource.length() == wanted.length() - slash + 1
                && resource.charAt(0) == '*'
                && wanted.startsWith(resource.substring(1), slash);
    }

    private boolean hasPath(String wanted) {
        for (String path : paths) {
            boolean prefix = path.endsWith(ALL);
            if (path.equals(wanted) || prefix && wanted.startsWith(path.substring(0, path.length() - 1))) {
                return true;
            }
        }
        return false;
    }

    /** The same as rules of one verb, one group, one resource and one name, or one verb and one path each. */
    public List<Rule> parts() {
        List<Rule> parts = new ArrayList<>();
        for (String verb : verbs) {
            for (String path : paths) {
                parts.add(new Rule(List.of(verb), List.of(), List.of(), List.of(), List.of(path)));
            }
            for (String group : groups) {
                for (String resource : resources) {
                    if (names.isEmpty()) {
                        parts.add(new Rule(List.of(verb), List.of(group), List.of(resource), List.of(), List.of()));
                    }
                    for (String name : names) {
                        parts.add(new Rule(List.of(verb), List.of(group), List.of(resource), List.of(name), List.of()));
                    }
                }
            }
        }
        return parts;
    }

    /** How many {@link #parts} it has. */
    public long size() {
        long objects = (long) groups.size() * resources.size() * Math.max(1, names.size());
        return verbs.size() * (paths.size() + objects);
    }

    /** Whether it allows all that {@code part} does. */
    public boolean covers(Rule part) {
        return all(verbs, part.verbs)
                && all(groups, part.groups)
                && part.resources.stream().allMatch(this::hasResource)
                && (names.isEmpty() || !part.names.isEmpty() && names.containsAll(part.names))
                && part.paths.stream().allMatch(this::hasPath)
                && paths.isEmpty() == part.paths.isEmpty();
    }

    private static boolean all(List<String> own, List<String> wanted) {
        return own.contains(ALL) || own.containsAll(wanted);
    }

    /** What refusals show: {@code {APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}}. */
    @Override
    public String toString() {
        List<String> fields = new ArrayList<>();
        show(fields, "APIGroups", groups);
        show(fields, "Resources", resources);
        show(fields, "NonResourceURLs", paths);
        show(fields, "ResourceNames", names);
        show(fields, "Verbs", verbs);
        return "{" + String.join(", ", fields) + "}";
    }

    private static void show(List<String> fields, String name, List<String> values) {
        if (!values.isEmpty()) {
            fields.add(name + ":[" + quoted(values) + "]");
        }
    }

    /** Texts in quotation marks, with blanks between. */
    public static String quoted(List<String> values) {
        return values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(" "));
    }
}
