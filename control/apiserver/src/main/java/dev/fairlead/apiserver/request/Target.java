// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a path means.
 *
 * @param resource the kind of objects
 * @param namespace where they are; empty for all namespaces, and for kinds without
 * @param name which one; empty for all
 * @param subresource what of the object
 * @param watchPath whether it is one of the old {@code /watch/} paths
 */
public record Target(Resource resource, String namespace, String name, Subresource subresource, boolean watchPath) {
    private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");

    /** Whether it names one object. */
    public boolean one() {
        return !name.isEmpty();
    }

    /** Whether it is about objects themselves. */
    public boolean itself() {
        return subresource == Subresource.ITSELF;
    }

    /**
     * What {@code method} does with it.
     *
     * @throws Refusal 405 when that cannot be done
     */
    public Verb verb(String method, Query query) {
        Verb verb = itself() ? verbOfKind(method, query) : subresource.verb(method);
        if (verb == null) {
            throw Refusal.notAllowed();
        }
        return verb;
    }

    private @Nullable Verb verbOfKind(String method, Query query) {
        Verb verb = switch (method) {
            case "GET", "HEAD" -> reading(query);
            case "POST" -> one() ? null : Verb.CREATE;
            case "PUT" -> one() ? Verb.UPDATE : null;
            case "PATCH" -> one() ? Verb.PATCH : null;
            case "DELETE" -> one() ? Verb.DELETE : Verb.DELETECOLLECTION;
            default -> null;
        };
        return verb != null && resource.verbs().contains(verb.text()) ? verb : null;
    }

    /** One object is watched by its {@code /watch/} path, or as a list of one; {@code ?watch} is about lists. */
    private Verb reading(Query query) {
        if (watchPath || !one() && query.truth("watch")) {
            return Verb.WATCH;
        }
        return one() ? Verb.GET : Verb.LIST;
    }

    /** The store's key of the one object. */
    public String key() {
        return resource.key(namespace, name);
    }

    /**
     * The meaning of a path below {@code /api} or {@code /apis}; null when it is not below a group and version.
     *
     * @throws Refusal 404 when there is no such group, version or kind
     */
    public static @Nullable Target of(String path, Kinds kinds) {
        List<String> parts = parts(path);
        if (parts.isEmpty() || parts.size() < (parts.getFirst().equals("api") ? 3 : 4)) {
            return null;
        }
        return switch (parts.getFirst()) {
            case "api" -> in("", parts.get(1), parts.subList(2, parts.size()), kinds);
            case "apis" -> in(parts.get(1), parts.get(2), parts.subList(3, parts.size()), kinds);
            default -> null;
        };
    }

    private static Target in(String group, String version, List<String> given, Kinds kinds) {
        boolean watch = given.getFirst().equals("watch") && given.size() > 1;
        List<String> rest = watch ? given.subList(1, given.size()) : given;
        String namespace = "";
        if (rest.size() > 2 && rest.getFirst().equals("namespaces") && !OF_NAMESPACES.contains(rest.get(2))) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        Resource resource = kinds.byPlural(group, version, rest.getFirst());
        Subresource subresource = rest.size() > 2 ? Subresource.of(rest.get(2)) : Subresource.ITSELF;
        if (resource == null || subresource == null || !namespace.isEmpty() && !resource.namespaced()) {
            throw Refusal.noSuchPath();
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        boolean nowhere = !name.isEmpty() && resource.namespaced() && namespace.isEmpty();
        boolean unknown = subresource != Subresource.ITSELF && !resource.hasSubresource(subresource.text());
        boolean tooFar = rest.size() > 3 && subresource != Subresource.PROXY;
        if (nowhere || unknown || tooFar) {
            throw Refusal.noSuchPath();
        }
        return new Target(resource, namespace, name, subresource, watch);
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (!part.isEmpty()) {
                parts.add(decoded(part));
            }
        }
        return parts;
    }

    private static String decoded(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            throw Refusal.noSuchPath();
        }
    }
}
