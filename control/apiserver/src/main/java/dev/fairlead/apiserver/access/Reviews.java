// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers what users ask about themselves: who they are, whether they may do something, what they may do. These are objects
 * that are asked and answered in one request and never stored; {@code kubectl auth} makes them.
 */
public final class Reviews {
    private static final String AUTHORIZATION = "/apis/authorization.k8s.io/v1/";
    private static final String AUTHENTICATION = "/apis/authentication.k8s.io/v1/";
    private static final String ALL = "*";

    private final Authorizer authorizer;
    private final Predicate<String> open;

    /** @param open paths, besides those of objects, that everybody may read */
    public Reviews(Authorizer authorizer, Predicate<String> open) {
        this.authorizer = authorizer;
        this.open = open;
    }

    /** The kind that is asked at {@code path}; null when it is none of these. */
    public @Nullable String kind(String path) {
        return switch (path) {
            case AUTHORIZATION + "selfsubjectaccessreviews" -> "SelfSubjectAccessReview";
            case AUTHORIZATION + "selfsubjectrulesreviews" -> "SelfSubjectRulesReview";
            case AUTHENTICATION + "selfsubjectreviews" -> "SelfSubjectReview";
            default -> null;
        };
    }

    /** What was {@code asked} by {@code user}, with the answer in its status. */
    public Map<String, Object> answer(String kind, Map<String, Object> asked, User user) {
        Tree spec = new Tree(asked).tree("spec");
        Map<String, Object> answered = new LinkedHashMap<>();
        answered.put("kind", kind);
        answered.put(
                "apiVersion",
                kind.equals("SelfSubjectReview") ? "authentication.k8s.io/v1" : "authorization.k8s.io/v1");
        answered.put("metadata", Map.of());
        if (!kind.equals("SelfSubjectReview")) {
            answered.put("spec", spec.fields());
        }
        answered.put(
                "status",
                switch (kind) {
                    case "SelfSubjectAccessReview" -> access(spec, user);
                    case "SelfSubjectRulesReview" -> rules(user);
                    default -> Map.of("userInfo", info(user));
                });
        return answered;
    }

    private Map<String, Object> access(Tree spec, User user) {
        Tree resource = spec.tree("resourceAttributes");
        boolean allowed = resource.fields().isEmpty()
                ? path(spec.tree("nonResourceAttributes"), user)
                : authorizer.allows(user, act(resource));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("allowed", allowed);
        if (!allowed) {
            status.put("reason", "only members of the group " + Authorizer.MASTERS + " may do that here");
        }
        return status;
    }

    private static Authorizer.Act act(Tree resource) {
        String subresource = resource.text("subresource", "");
        String plural = resource.text("resource", "");
        return new Authorizer.Act(
                resource.text("verb", ""),
                resource.text("group", ""),
                subresource.isEmpty() ? plural : plural + "/" + subresource,
                resource.text("namespace", ""),
                resource.text("name", ""));
    }

    private boolean path(Tree asked, User user) {
        boolean reading = List.of("get", "head").contains(asked.text("verb", ""));
        return reading && open.test(asked.text("path", "")) || mayAll(user);
    }

    private boolean mayAll(User user) {
        return authorizer.allows(user, new Authorizer.Act(ALL, ALL, ALL, "", ""));
    }

    private Map<String, Object> rules(User user) {
        boolean all = mayAll(user);
        List<Object> resources = new ArrayList<>();
        List<Object> paths = new ArrayList<>();
        if (all) {
            resources.add(Map.of("verbs", List.of(ALL), "apiGroups", List.of(ALL), "resources", List.of(ALL)));
            paths.add(Map.of("verbs", List.of(ALL), "nonResourceURLs", List.of(ALL)));
        }
        List<String> open = Stream.of("/healthz", "/livez", "/readyz", "/version")
                .filter(this.open)
                .toList();
        paths.add(Map.of("verbs", List.of("get"), "nonResourceURLs", open));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("resourceRules", resources);
        status.put("nonResourceRules", paths);
        status.put("incomplete", false);
        return status;
    }

    private static Map<String, Object> info(User user) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("username", user.name());
        info.put("groups", user.groups().stream().sorted().toList());
        return info;
    }
}
