// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers what people and programs ask about users: who they are, whether they may do something, what they may do. These are
 * objects that are asked and answered in one request and never stored; {@code kubectl auth} makes them.
 */
public final class Reviews {
    private final Authorizer authorizer;
    private final TokenCheck tokens;

    /** Answers by what {@code authorizer} decides, and {@code tokens} says of tokens. */
    public Reviews(Authorizer authorizer, TokenCheck tokens) {
        this.authorizer = authorizer;
        this.tokens = tokens;
    }

    /**
     * What was {@code asked} by {@code user}, with the answer in its status.
     *
     * @param namespace the one in the path; empty for kinds without
     */
    public Map<String, Object> answer(Resource kind, String namespace, Map<String, Object> asked, User user) {
        Tree spec = new Tree(asked).tree("spec");
        Map<String, Object> answered = new LinkedHashMap<>();
        answered.put("kind", kind.kind());
        answered.put("apiVersion", kind.apiVersion());
        answered.put("metadata", new Tree(asked).tree("metadata").fields());
        if (!kind.kind().equals("SelfSubjectReview")) {
            answered.put("spec", spec.fields());
        }
        answered.put(
                "status",
                switch (kind.kind()) {
                    case "SelfSubjectAccessReview" -> access(kind, spec, user);
                    case "SelfSubjectRulesReview" -> rules(spec, user);
                    case "SelfSubjectReview" -> Map.of("userInfo", info(user));
                    case "SubjectAccessReview" -> access(kind, spec, subject(kind, spec));
                    case "TokenReview" -> token(spec);
                    case "LocalSubjectAccessReview" -> local(kind, namespace, spec);
                    default -> throw Refusal.notAllowed();
                });
        return answered;
    }

    private Map<String, Object> token(Tree spec) {
        String token = spec.text("token", "");
        if (token.isEmpty()) {
            throw Refusal.badRequest("token is required for TokenReview in authentication");
        }
        TokenCheck.Checked checked = tokens.check(token, spec.texts("audiences"));
        Map<String, Object> status = new LinkedHashMap<>();
        User user = checked.user();
        if (user == null) {
            status.put("user", Map.of());
            status.put("error", "[" + checked.problem() + "]");
        } else {
            status.put("authenticated", true);
            status.put("user", info(user));
            if (spec.has("audiences")) {
                status.put("audiences", new ArrayList<Object>(checked.audiences()));
            }
        }
        return status;
    }

    private Map<String, Object> local(Resource kind, String namespace, Tree spec) {
        if (spec.has("nonResourceAttributes")) {
            throw Refusal.invalid(
                    kind,
                    "",
                    List.of(Invalid.invalid(
                            "spec.nonResourceAttributes",
                            spec.value("nonResourceAttributes"),
                            "disallowed on this kind of request")));
        }
        if (!spec.tree("resourceAttributes").text("namespace", "").equals(namespace)) {
            throw Refusal.badRequest("spec.resourceAttributes.namespace must match namespace: " + namespace);
        }
        return access(kind, spec, subject(kind, spec));
    }

    private static User subject(Resource kind, Tree spec) {
        Set<String> groups = new LinkedHashSet<>(spec.texts("groups"));
        if (spec.text("user", "").isEmpty() && groups.isEmpty()) {
            throw Refusal.invalid(
                    kind,
                    "",
                    List.of(Invalid.invalid("spec.user", "", "at least one of user or group must be specified")));
        }
        Map<String, List<String>> extra = new LinkedHashMap<>();
        spec.tree("extra")
                .fields()
                .keySet()
                .forEach(key -> extra.put(key, spec.tree("extra").texts(key)));
        return new User(spec.text("user", ""), groups, spec.text("uid", ""), extra);
    }

    private Map<String, Object> access(Resource kind, Tree spec, User user) {
        boolean object = spec.has("resourceAttributes");
        boolean path = spec.has("nonResourceAttributes");
        if (object == path) {
            throw Refusal.invalid(
                    kind,
                    "",
                    List.of(
                            object
                                    ? Invalid.invalid(
                                            "spec.nonResourceAttributes",
                                            spec.value("nonResourceAttributes"),
                                            "cannot be specified in combination with resourceAttributes")
                                    : Invalid.invalid(
                                            "spec.resourceAttributes",
                                            null,
                                            "exactly one of nonResourceAttributes or resourceAttributes must be"
                                                    + " specified")));
        }
        Decision decision = authorizer.decide(
                user, object ? act(spec.tree("resourceAttributes")) : path(spec.tree("nonResourceAttributes")));
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("allowed", decision.allowed());
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
        return status;
    }

    private static Act act(Tree resource) {
        String subresource = resource.text("subresource", "");
        String plural = resource.text("resource", "");
        return new Act.OnObject(
                resource.text("verb", ""),
                resource.text("group", ""),
                subresource.isEmpty() ? plural : plural + "/" + subresource,
                resource.text("namespace", ""),
                resource.text("name", ""));
    }

    private static Act path(Tree asked) {
        return new Act.OnPath(asked.text("verb", ""), asked.text("path", ""));
    }

    private Map<String, Object> rules(Tree spec, User user) {
        String namespace = spec.text("namespace", "");
        if (namespace.isEmpty()) {
            throw Refusal.badRequest("no namespace on request");
        }
        List<Object> resources = new ArrayList<>();
        List<Object> paths = new ArrayList<>();
        for (Rule rule : authorizer.rules(user, namespace)) {
            (rule.paths().isEmpty() ? resources : paths).add(rule.tree());
        }
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("resourceRules", resources);
        status.put("nonResourceRules", paths);
        status.put("incomplete", false);
        return status;
    }

    /** A user as reviews and tokens show it. */
    public static Map<String, Object> info(User user) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        info.put("groups", List.copyOf(user.groups()));
        if (!user.extra().isEmpty()) {
            Map<String, Object> extra = new LinkedHashMap<>();
            user.extra().forEach((key, values) -> extra.put(key, List.copyOf(values)));
            info.put("extra", extra);
        }
        return info;
    }
}
