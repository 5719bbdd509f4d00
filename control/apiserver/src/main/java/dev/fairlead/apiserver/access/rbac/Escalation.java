// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.apiserver.request.Guard;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Nobody grants more than they have: who writes a role must hold all its rules, who binds one the rules of that role. The
 * verbs {@code escalate} on a role and {@code bind} on it allow it all the same.
 */
public final class Escalation implements Guard {
    /** Of one rule that are compared one by one. */
    private static final int MOST_PARTS = 10_000;

    private static final String GROUP = "rbac.authorization.k8s.io";

    private final StoredPolicy policy;
    private final Kinds kinds;

    /** Checks against {@code policy}. */
    public Escalation(StoredPolicy policy, Kinds kinds) {
        this.policy = policy;
        this.kinds = kinds;
    }

    @Override
    public void check(Call call, Map<String, Object> object, Map<String, Object> old) {
        Resource resource = call.resource();
        if (!resource.group().equals(GROUP)
                || Authorizer.master(call.user())
                || !old.isEmpty() && granting(object).equals(granting(old))) {
            return;
        }
        Tree tree = new Tree(object);
        Tree metadata = tree.tree("metadata");
        ObjectName name = new ObjectName(
                resource.namespaced() ? metadata.text("namespace", call.target().namespace()) : "",
                metadata.text("name", call.target().name()));
        switch (resource.kind()) {
            case "Role", "ClusterRole" -> role(call, name, tree, Tree.of(old));
            default -> binding(call, name, tree.tree("roleRef"));
        }
    }

    /** The object without what the garbage collector may change of it. */
    private static Map<String, Object> granting(Map<String, Object> object) {
        Map<String, Object> rest = new LinkedHashMap<>(object);
        Map<String, Object> metadata =
                new LinkedHashMap<>(Tree.of(object.get("metadata")).fields());
        List.of("ownerReferences", "finalizers", "managedFields", "resourceVersion")
                .forEach(metadata::remove);
        rest.put("metadata", metadata);
        return rest;
    }

    private void role(Call call, ObjectName name, Tree role, Tree old) {
        User user = call.user();
        if (may("escalate", user, call.resource(), name.namespace(), name.name())) {
            return;
        }
        String lacking = lacking(user, name.namespace(), Rule.all(role));
        if (lacking != null) {
            throw Refusal.forbidden(call.resource(), name.name(), lacking);
        }
        if (role.has("aggregationRule") || old.has("aggregationRule")) {
            String all = lacking(user, "", List.of(Rule.ALL_OBJECTS, Rule.ALL_PATHS));
            if (all != null) {
                throw Refusal.forbidden(
                        call.resource(),
                        name.name(),
                        "must have cluster-admin privileges to use the aggregationRule: " + all);
            }
        }
    }

    private void binding(Call call, ObjectName name, Tree ref) {
        User user = call.user();
        boolean cluster = ref.text("kind", "").equals("ClusterRole");
        Resource kind = kinds.require(GROUP + "/v1", cluster ? "ClusterRole" : "Role");
        String role = ref.text("name", "");
        if (may("bind", user, kind, name.namespace(), role)) {
            return;
        }
        List<Rule> rules = policy.rulesOf(new ObjectName(cluster ? "" : name.namespace(), role));
        if (rules == null) {
            throw Refusal.notFound(kind, role);
        }
        String lacking = lacking(user, name.namespace(), rules);
        if (lacking != null) {
            throw Refusal.forbidden(call.resource(), name.name(), lacking);
        }
    }

    private boolean may(String verb, User user, Resource kind, String namespace, String name) {
        return policy.allows(user, new Act.OnObject(verb, kind.group(), kind.plural(), namespace, name));
    }

    /** Which of {@code wanted} the user does not hold, in Kubernetes' words; null when none. */
    private @Nullable String lacking(User user, String namespace, List<Rule> wanted) {
        List<Rule> own = policy.rules(user, namespace);
        Map<Rule, List<String>> missing = new LinkedHashMap<>();
        for (Rule rule : wanted) {
            if (own.stream().anyMatch(held -> held.covers(rule))) {
                continue;
            }
            if (rule.size() > MOST_PARTS) {
                return "user \"" + user.name() + "\" is attempting to grant a rule of " + rule.size()
                        + " combinations of verb, group, resource and name that no single rule of theirs covers; more than "
                        + MOST_PARTS + " are not compared one by one: split the rule";
            }
            for (Rule part : rule.parts()) {
                if (own.stream().noneMatch(held -> held.covers(part))) {
                    Rule verbless = new Rule(List.of(), part.groups(), part.resources(), part.names(), part.paths());
                    List<String> verbs = missing.computeIfAbsent(verbless, _ -> new ArrayList<>());
                    if (!verbs.contains(part.verbs().getFirst())) {
                        verbs.add(part.verbs().getFirst());
                    }
                }
            }
        }
        if (missing.isEmpty()) {
            return null;
        }
        TreeSet<String> lines = new TreeSet<>();
        missing.forEach((rule, verbs) ->
                lines.add(new Rule(verbs, rule.groups(), rule.resources(), rule.names(), rule.paths()).toString()));
        return "user \"" + user.name() + "\" (groups=[" + Rule.quoted(List.copyOf(user.groups()))
                + "]) is attempting to grant RBAC permissions not currently held:\n" + String.join("\n", lines);
    }
}
