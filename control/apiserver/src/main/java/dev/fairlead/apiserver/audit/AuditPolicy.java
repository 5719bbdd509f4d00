// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.audit;

import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much is told of which requests: the first rule that fits decides, and what no rule fits is not told.
 *
 * @param rules in order
 */
public record AuditPolicy(List<Rule> rules) {
    /** How much is told. */
    public enum Level {
        /** Nothing. */
        NONE,
        /** Who, what, when, and what came of it. */
        METADATA,
        /** The same, and what was sent. */
        REQUEST;

        /** As events say it. */
        String text() {
            return name().charAt(0) + name().substring(1).toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One rule; an empty list stands for everything.
     *
     * @param resources kinds by group, each with the objects' names
     */
    record Rule(
            Level level,
            List<String> users,
            List<String> groups,
            List<String> verbs,
            List<Kinds> resources,
            List<String> namespaces,
            List<String> paths) {
        boolean fits(Visit visit) {
            User user = visit.asker(); // whom somebody impersonates decides nothing about what is told of that
            String name = user == null ? "" : user.name();
            return (users.isEmpty() || users.contains(name))
                    && (groups.isEmpty()
                            || user != null && user.groups().stream().anyMatch(groups::contains))
                    && (verbs.isEmpty() || verbs.contains("*") || verbs.contains(visit.verb()))
                    && fits(visit, visit.target());
        }

        private boolean fits(Visit visit, @Nullable Target target) {
            if (target == null) {
                return resources.isEmpty()
                        && namespaces.isEmpty()
                        && (paths.isEmpty()
                                || paths.stream()
                                        .anyMatch(path ->
                                                fits(path, visit.request().path())));
            }
            return paths.isEmpty()
                    && (namespaces.isEmpty() || namespaces.contains(target.namespace()))
                    && (resources.isEmpty() || resources.stream().anyMatch(kinds -> kinds.has(target)));
        }

        private static boolean fits(String pattern, String path) {
            return pattern.endsWith("*")
                    ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                    : path.equals(pattern);
        }
    }

    /** Kinds of one group. */
    record Kinds(String group, List<String> plurals, List<String> names) {
        boolean has(Target target) {
            String plural = target.resource().plural();
            String sub = target.subresource().text();
            String whole = sub.isEmpty() ? plural : plural + "/" + sub;
            return group.equals(target.resource().group())
                    && (plurals.isEmpty()
                            || plurals.contains(whole)
                            || plurals.contains("*")
                            || plurals.contains(plural + "/*") && !sub.isEmpty()
                            || plurals.contains("*/" + sub) && !sub.isEmpty())
                    && (names.isEmpty() || names.contains(target.name()));
        }
    }

    /** The metadata of every request. */
    public static AuditPolicy metadata() {
        return new AuditPolicy(
                List.of(new Rule(Level.METADATA, List.of(), List.of(), List.of(), List.of(), List.of(), List.of())));
    }

    /**
     * Reads a {@code Policy} of {@code audit.k8s.io/v1}.
     *
     * @throws IOException when it cannot be read or is none; says what is wrong
     */
    public static AuditPolicy read(Path file) throws IOException {
        try {
            List<Yaml.Document> documents = Yaml.read(Files.readString(file));
            Tree policy = documents.size() == 1 ? new Tree(documents.getFirst().fields()) : Tree.EMPTY;
            if (!policy.text("kind", "").equals("Policy")
                    || !policy.text("apiVersion", "").startsWith("audit.k8s.io/")) {
                throw wrong(file, "it must be one Policy of audit.k8s.io/v1");
            }
            List<Tree> rules = policy.trees("rules");
            for (int i = 0; i < rules.size(); i++) {
                String level = rules.get(i).text("level", "");
                if (!List.of("None", "Metadata", "Request", "RequestResponse").contains(level)) {
                    throw wrong(
                            file, "rules[" + i + "].level must be None, Metadata or Request, not \"" + level + "\"");
                }
            }
            return new AuditPolicy(rules.stream().map(AuditPolicy::rule).toList());
        } catch (SyntaxException broken) {
            throw wrong(file, String.valueOf(broken.getMessage()));
        }
    }

    private static IOException wrong(Path file, String why) {
        return new FileSystemException(file.toString(), null, why);
    }

    private static Rule rule(Tree rule) {
        return new Rule(
                switch (rule.text("level", "")) {
                    case "None" -> Level.NONE;
                    case "Metadata" -> Level.METADATA;
                    default -> Level.REQUEST; // of answers no more is told
                },
                rule.texts("users"),
                rule.texts("userGroups"),
                rule.texts("verbs"),
                rule.trees("resources").stream()
                        .map(each ->
                                new Kinds(each.text("group", ""), each.texts("resources"), each.texts("resourceNames")))
                        .toList(),
                rule.texts("namespaces"),
                rule.texts("nonResourceURLs"));
    }

    /** How much is told of a request. */
    Level level(Visit visit) {
        for (Rule rule : rules) {
            if (rule.fits(visit)) {
                return rule.level();
            }
        }
        return Level.NONE;
    }
}
