// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What words on the command line mean: all objects of a kind, or one by its name.
 *
 * @param name null for all of the kind
 */
public record Subject(Resource resource, @Nullable String name) {
    /**
     * Understands {@code KIND[,KIND…] [NAME…]} and {@code KIND/NAME…}.
     *
     * @throws Failure naming the word that means nothing
     */
    public static List<Subject> of(List<String> words, Kinds kinds) {
        if (words.isEmpty()) {
            throw new Failure("what? Name a kind, such as services, or several: pods,services; or all");
        }
        boolean slashes = words.getFirst().contains("/");
        List<Subject> subjects = new ArrayList<>();
        if (slashes) {
            words.forEach(word -> subjects.add(named(word, kinds)));
            return subjects;
        }
        List<Resource> resources = resources(words.getFirst(), kinds);
        List<String> names = words.subList(1, words.size());
        for (Resource resource : resources) {
            for (String name : names) {
                if (name.contains("/")) {
                    throw new Failure("\"" + name + "\" after \"" + words.getFirst()
                            + "\": write KIND NAME… or KIND/NAME…, not both");
                }
                subjects.add(new Subject(resource, name));
            }
            if (names.isEmpty()) {
                subjects.add(new Subject(resource, null));
            }
        }
        return subjects;
    }

    /**
     * The Service that words name: {@code web}, {@code svc/web}, {@code service web}.
     *
     * @param one what is wrong with anything else
     */
    public static String service(List<String> words, Kinds kinds, String one) {
        boolean bare = words.size() == 1 && words.getFirst().indexOf('/') < 0;
        List<Subject> subjects = of(bare ? List.of("service/" + words.getFirst()) : words, kinds);
        String name = subjects.getFirst().name();
        if (subjects.size() > 1 || !subjects.getFirst().resource().qualified().equals("services") || name == null) {
            throw new Failure("\"" + String.join(" ", words) + "\": " + one + ", such as svc/web");
        }
        return name;
    }

    private static Subject named(String word, Kinds kinds) {
        int slash = word.indexOf('/');
        if (slash <= 0 || slash == word.length() - 1 || word.indexOf('/', slash + 1) >= 0) {
            throw new Failure("\"" + word + "\": KIND/NAME is expected, such as service/web");
        }
        return new Subject(resource(word.substring(0, slash), kinds), word.substring(slash + 1));
    }

    private static List<Resource> resources(String words, Kinds kinds) {
        Set<Resource> found = new LinkedHashSet<>();
        for (String word : words.split(",", -1)) {
            List<Resource> category = kinds.inCategory(word);
            if (category.isEmpty()) {
                found.add(resource(word, kinds));
            } else {
                found.addAll(category);
            }
        }
        return List.copyOf(found);
    }

    /** The kind that {@code word} means. */
    public static Resource resource(String word, Kinds kinds) {
        Resource resource = kinds.byWord(word);
        if (resource == null) {
            List<String> known =
                    kinds.all().stream().map(Resource::plural).distinct().toList();
            throw new Failure(
                    "the server has no resource type \"" + word + "\"; " + Nearest.advice(word, known, "there are "));
        }
        return resource;
    }
}
