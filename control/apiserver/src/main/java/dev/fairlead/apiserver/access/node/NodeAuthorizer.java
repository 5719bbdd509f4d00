// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.node;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.apiserver.access.Rule;
import dev.fairlead.store.Store;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.exchange.Request.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides for nodes what they may do as nodes; everything else, and everybody else, is the rules' to decide. */
public final class NodeAuthorizer implements Authorizer, AutoCloseable {
    /** Where the leases of nodes are. */
    static final String LEASES = "kube-node-lease";

    private static final Set<String> READING = Set.of("get", "list", "watch");
    private static final Set<String> CHANGING = Set.of("update", "patch");

    /** What every node may do, whatever it is about. */
    private static final List<Rule> COMMON = List.of(
            rule("create", "authentication.k8s.io", "tokenreviews"),
            rule("create", "authorization.k8s.io", "subjectaccessreviews", "localsubjectaccessreviews"),
            new Rule(
                    List.of("get", "list", "watch"),
                    List.of(""),
                    List.of("nodes", "pods", "services"),
                    List.of(),
                    List.of()),
            rule("create", "", "nodes"),
            new Rule(
                    List.of("create", "patch", "update"),
                    List.of("", "events.k8s.io"),
                    List.of("events"),
                    List.of(),
                    List.of()));

    private final Authorizer rules;
    private final PodReferences references;

    /** Asks {@code rules} about all that a node may not do as a node. */
    public NodeAuthorizer(Authorizer rules, Store store, Kinds kinds) {
        this.rules = rules;
        this.references = new PodReferences(store, kinds.require("v1", "Pod"));
    }

    private static Rule rule(String verb, String group, String... resources) {
        return new Rule(List.of(verb), List.of(group), List.of(resources), List.of(), List.of());
    }

    @Override
    public Decision decide(User user, Act act) {
        String node = NodeUser.name(user);
        if (node == null || node.isEmpty() || !(act instanceof Act.OnObject object)) {
            return rules.decide(user, act);
        }
        String refused = refused(node, object);
        if (refused == null) {
            return new Decision(true, "");
        }
        Decision byRules = rules.decide(user, act);
        return byRules.allowed() || refused.isEmpty() ? byRules : new Decision(false, refused);
    }

    /** Why a node may not do that as a node; null when it may. */
    private @Nullable String refused(String node, Act.OnObject act) {
        if (COMMON.stream().anyMatch(rule -> rule.allows(act))) {
            return null;
        }
        String verb = act.verb();
        return switch (act.group() + "/" + act.resource()) {
            case "/secrets" -> related(node, READING, "Secret", act);
            case "/configmaps" -> related(node, READING, "ConfigMap", act);
            case "/serviceaccounts" -> related(node, Set.of("get"), "ServiceAccount", act);
            case "/serviceaccounts/token" -> related(node, Set.of("create"), "ServiceAccount", act);
            case "/nodes", "/nodes/status" -> own(CHANGING.contains(verb), node, act, "can only change its own node");
            case "/pods/status" -> ofPod(CHANGING.contains(verb), node, act);
            case "/pods" -> ofPod(verb.equals("delete"), node, act);
            case "/pods/eviction" -> ofPod(verb.equals("create"), node, act);
            case "coordination.k8s.io/leases" -> lease(node, act);
            default -> "";
        };
    }

    private @Nullable String related(String node, Set<String> verbs, String kind, Act.OnObject act) {
        if (!verbs.contains(act.verb())) {
            return "can only " + String.join(", ", verbs.stream().sorted().toList()) + " " + act.resource();
        }
        if (act.name().isEmpty()) {
            return "can only read resources of this type by name"; // or by a selector of one name
        }
        return references.uses(node, kind, act.namespace(), act.name())
                ? null
                : "no relationship found between node '" + node + "' and this object";
    }

    private static @Nullable String own(boolean known, String node, Act.OnObject act, String why) {
        return known && act.name().equals(node) ? null : "node '" + node + "' " + why;
    }

    private @Nullable String ofPod(boolean known, String node, Act.OnObject act) {
        if (known && !act.name().isEmpty() && references.runs(node, act.namespace(), act.name())) {
            return null;
        }
        return known ? "node '" + node + "' can only do this to pods with spec.nodeName set to itself" : "";
    }

    private static @Nullable String lease(String node, Act.OnObject act) {
        if (!act.namespace().equals(LEASES)) {
            return "can only access leases in the \"" + LEASES + "\" system namespace";
        }
        return switch (act.verb()) {
            case "create", "get", "list", "watch" -> null; // what is created is looked at by name when it is stored
            case "update", "patch", "delete" ->
                own(true, node, act, "can only access node lease with the same name as the requesting node");
            default -> "";
        };
    }

    @Override
    public List<Rule> rules(User user, String namespace) {
        List<Rule> all = new ArrayList<>(rules.rules(user, namespace));
        String node = NodeUser.name(user);
        if (node != null && !node.isEmpty()) {
            all.addAll(COMMON);
        }
        return List.copyOf(all);
    }

    @Override
    public void close() {
        references.close();
    }
}
