// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.request;

import static dev.fairlead.apiserver.request.Verb.CREATE;
import static dev.fairlead.apiserver.request.Verb.DELETE;
import static dev.fairlead.apiserver.request.Verb.GET;
import static dev.fairlead.apiserver.request.Verb.PATCH;
import static dev.fairlead.apiserver.request.Verb.UPDATE;

import dev.fairlead.wire.Resource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The table of subresources: what there is below an object's path, what can be done there and what is taken and given. Paths,
 * verbs, rules, bodies and discovery read it; which kind has which says {@link Resource#subresources}; who answers is a switch
 * over it, which has to name every row.
 */
public enum Subresource {
    /** The object itself. Its verbs are its kind's. */
    ITSELF("", Verbs.OF_KIND),
    ATTACH("attach", "PodAttachOptions", "", Verbs.CONNECTED),
    EVICTION("eviction", "Eviction", "policy", List.of(CREATE)),
    EXEC("exec", "PodExecOptions", "", Verbs.CONNECTED),
    EXPLAIN("explain", "Explanation", "", Verbs.READ),
    FINALIZE("finalize", List.of(UPDATE)),
    LOG("log", Verbs.READ),
    PORTFORWARD("portforward", "PodPortForwardOptions", "", Verbs.CONNECTED),
    /** Leads on to what the object stands for; anything may follow in its path. */
    PROXY("proxy", "%sProxyOptions", "", Verbs.PASSED_ON),
    SCALE("scale", "Scale", "autoscaling", Verbs.WRITTEN),
    STATUS("status", Verbs.WRITTEN),
    TOKEN("token", "TokenRequest", "authentication.k8s.io", List.of(CREATE));

    private final String text;
    private final String kind;
    private final String group;

    @SuppressWarnings("ImmutableEnumChecker") // a list of List.of
    private final List<Verb> verbs;

    /** What can be done, in alphabetical order. */
    private static final class Verbs {
        static final List<Verb> OF_KIND = List.of();
        static final List<Verb> READ = List.of(GET);
        static final List<Verb> WRITTEN = List.of(GET, PATCH, UPDATE);
        static final List<Verb> CONNECTED = List.of(CREATE, GET);
        static final List<Verb> PASSED_ON = List.of(CREATE, DELETE, GET, PATCH, UPDATE);
    }

    Subresource(String text, List<Verb> verbs) {
        this(text, "%s", "", verbs);
    }

    /**
     * One row.
     *
     * @param text the name in paths
     * @param kind what is taken and given; {@code %s} stands for the object's kind
     * @param group its API group when it is another than the object's, in version v1; else empty
     */
    Subresource(String text, String kind, String group, List<Verb> verbs) {
        this.text = text;
        this.kind = kind;
        this.group = group;
        this.verbs = verbs;
    }

    /** The row of that name in paths; null when there is none. */
    public static @Nullable Subresource of(String text) {
        for (Subresource each : values()) {
            if (each.text.equals(text)) {
                return each;
            }
        }
        return null;
    }

    /** The name in paths; empty for the object itself. */
    public String text() {
        return text;
    }

    /** The resource of rules: {@code pods}, {@code pods/log}. */
    public String of(Resource resource) {
        return this == ITSELF ? resource.plural() : resource.plural() + "/" + text;
    }

    /** The kind of what is taken and given. */
    public String kind(Resource resource) {
        return kind.replace("%s", resource.kind());
    }

    /** The API group of what is taken and given. */
    public String group(Resource resource) {
        return group.isEmpty() ? resource.group() : group;
    }

    /** The version of what is taken and given. */
    public String version(Resource resource) {
        return group.isEmpty() ? resource.version() : "v1";
    }

    /** What bodies say under {@code apiVersion}. */
    public String apiVersion(Resource resource) {
        String in = group(resource);
        return in.isEmpty() ? version(resource) : in + "/" + version(resource);
    }

    /** What can be done, as discovery writes it. */
    public List<String> verbs(Resource resource) {
        return this == ITSELF
                ? resource.verbs()
                : verbs.stream().map(Verb::text).toList();
    }

    /** Whether a connection becomes something else here: that comes by GET, too, and does what POST does. */
    public boolean connects() {
        return verbs.equals(Verbs.CONNECTED);
    }

    /** What a method does here with one object; null when it does nothing. */
    @Nullable
    Verb verb(String method) {
        Verb verb = switch (method) {
            case "GET" -> GET;
            case "HEAD" -> connects() ? null : GET;
            case "OPTIONS" -> this == PROXY ? GET : null;
            case "POST" -> CREATE;
            case "PUT" -> UPDATE;
            case "PATCH" -> PATCH;
            case "DELETE" -> DELETE;
            default -> null;
        };
        return verb != null && verbs.contains(verb) ? verb : null;
    }

    @Override
    public String toString() {
        return this == ITSELF ? "itself" : name().toLowerCase(Locale.ROOT);
    }
}
