// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.yaml.Yaml;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decisions, without a server. */
class PolicyTest {
    private static final User JANE = new User("jane", Set.of("cooks", "system:authenticated"));

    private static Tree tree(String yaml) {
        return new Tree(Yaml.read(yaml).getFirst().fields());
    }

    private static Policy policy(String rule) {
        return Policy.EMPTY
                .withRoles(Map.of(new ObjectName("", "it"), Role.from(tree("rules: [" + rule + "]"))))
                .with(new ObjectName("", "it"), Binding.from(tree("""
                        metadata: {name: it}
                        roleRef: {kind: ClusterRole, name: it}
                        subjects: [{kind: Group, name: cooks}]
                        """)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{verbs: [get], apiGroups: [''], resources: [pods]} | get  | pods | web | true",
                "{verbs: [get], apiGroups: [''], resources: [pods]} | list | pods | '' | false",
                "{verbs: [get], apiGroups: [apps], resources: [pods]} | get | pods | web | false",
                "{verbs: [get], apiGroups: [''], resources: [pods]} | get | pods/log | web | false",
                "{verbs: [get], apiGroups: [''], resources: [pods/log]} | get | pods/log | web | true",
                "{verbs: [get], apiGroups: [''], resources: ['*/log']} | get | pods/log | web | true",
                "{verbs: [get], apiGroups: [''], resources: ['*/log']} | get | pods/exec | web | false",
                "{verbs: [get], apiGroups: [''], resources: ['*/log']} | get | pods | web | false",
                "{verbs: [get], apiGroups: [''], resources: ['*']} | get | pods/log | web | true",
                "{verbs: ['*'], apiGroups: ['*'], resources: [pods]} | delete | pods | web | true",
                "{verbs: [get], apiGroups: [''], resources: [pods], resourceNames: [web]} | get | pods | web | true",
                "{verbs: [get], apiGroups: [''], resources: [pods], resourceNames: [web]} | get | pods | db | false",
                "{verbs: [list], apiGroups: [''], resources: [pods], resourceNames: [web]} | list | pods | '' | false",
                "{verbs: [get], apiGroups: [''], resources: [pods]} | '*' | '*' | '' | false",
            })
    void a_rule_allows(String rule, String verb, String resource, String name, boolean allowed) {
        Decision decision = policy(rule).decide(JANE, new Act.OnObject(verb, "", resource, "shop", name));
        assertThat(decision.allowed()).isEqualTo(allowed);
        assertThat(decision.reason())
                .isEqualTo(
                        allowed
                                ? "RBAC: allowed by ClusterRoleBinding \"it\" of ClusterRole \"it\" to Group \"cooks\""
                                : "");
    }

    @ParameterizedTest
    @CsvSource({
        "/healthz, get, /healthz, true",
        "/healthz, get, /healthz/ping, false",
        "/healthz/*, get, /healthz/ping, true",
        "/healthz/*, get, /healthz, false",
        "/healthz, post, /healthz, false",
        "*, get, /anything, true",
    })
    void a_path_is_allowed(String path, String verb, String wanted, boolean allowed) {
        Policy policy = policy("{verbs: [get], nonResourceURLs: ['" + path + "']}");
        assertThat(policy.decide(JANE, new Act.OnPath(verb, wanted)).allowed()).isEqualTo(allowed);
        assertThat(policy.decide(JANE, new Act.OnObject("get", "", "pods", "", ""))
                        .allowed())
                .isFalse();
    }

    private static Policy bound(String binding, ObjectName role) {
        Tree tree = tree(binding);
        Binding it = Binding.from(tree);
        return Policy.EMPTY
                .withRoles(Map.of(role, Role.from(tree("rules: [{verbs: [get], apiGroups: [''], resources: [pods]}]"))))
                .with(it.name(), it);
    }

    @Test
    void a_binding_counts_in_its_namespace_and_leads_to_a_role_there() {
        Policy policy = bound("""
                metadata: {namespace: shop, name: b}
                roleRef: {kind: Role, name: reader}
                subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: robot}]
                """, new ObjectName("shop", "reader"));
        User robot = new User("system:serviceaccount:shop:robot", Set.of());
        Act here = new Act.OnObject("get", "", "pods", "shop", "a");
        for (User user : List.of(JANE, robot)) {
            assertThat(policy.decide(user, here).allowed()).isTrue();
            for (String elsewhere : List.of("", "other")) {
                assertThat(policy.decide(user, new Act.OnObject("get", "", "pods", elsewhere, "a"))
                                .allowed())
                        .isFalse();
            }
        }
        assertThat(policy.decide(robot, here).reason())
                .isEqualTo(
                        "RBAC: allowed by RoleBinding \"b/shop\" of Role \"reader\" to ServiceAccount \"robot/shop\"");
        assertThat(policy.rules(JANE, "shop")).hasSize(1);
        assertThat(policy.rules(JANE, "")).isEmpty();
        Policy without = policy.with(new ObjectName("shop", "b"), null);
        assertThat(without.decide(JANE, here).allowed()).isFalse();
    }

    @Test
    void a_binding_whose_role_is_missing_says_so() {
        Policy policy = bound("""
                metadata: {namespace: shop, name: b}
                roleRef: {kind: Role, name: nobodys}
                subjects: [{kind: User, name: jane}]
                """, new ObjectName("shop", "reader"));
        Decision decision = policy.decide(JANE, new Act.OnObject("get", "", "pods", "shop", "a"));
        assertThat(decision)
                .isEqualTo(new Decision(false, "RBAC: role.rbac.authorization.k8s.io \"nobodys\" not found"));
    }

    /** The index against a naive search, through random changes. */
    @Test
    void the_index_finds_what_a_search_finds() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<ObjectName, Binding> bindings = new HashMap<>();
        Map<ObjectName, @Nullable Role> roles = new HashMap<>();
        Policy policy = Policy.EMPTY;
        for (int step = 0; step < 2_000; step++) {
            ObjectName name = new ObjectName(List.of("", "a", "b").get(random.nextInt(3)), "n" + random.nextInt(4));
            if (random.nextInt(3) == 0) {
                Role role = random.nextBoolean()
                        ? null
                        : Role.from(tree(
                                "rules: [{verbs: [v" + random.nextInt(3) + "], apiGroups: [''], resources: [pods]}]"));
                policy = policy.withRoles(java.util.Collections.singletonMap(name, role));
                roles.put(name, role);
            } else if (random.nextInt(4) == 0) {
                policy = policy.with(name, null);
                bindings.remove(name);
            } else {
                String kind = name.namespace().isEmpty() || random.nextBoolean() ? "ClusterRole" : "Role";
                Binding binding = Binding.from(tree("metadata: {namespace: '" + name.namespace() + "', name: "
                        + name.name() + "}\nroleRef: {kind: " + kind + ", name: n" + random.nextInt(4)
                        + "}\nsubjects: [{kind: User, name: u" + random.nextInt(3) + "}, {kind: Group, name: g"
                        + random.nextInt(3) + "}]\n"));
                policy = policy.with(name, binding);
                bindings.put(name, binding);
            }
            User user = new User("u" + random.nextInt(3), Set.of("g" + random.nextInt(3), "none"));
            Act.OnObject act = new Act.OnObject(
                    "v" + random.nextInt(3), "", "pods", List.of("", "a", "b").get(random.nextInt(3)), "x");
            assertThat(policy.decide(user, act).allowed()).isEqualTo(searched(bindings, roles, user, act));
        }
    }

    private static boolean searched(
            Map<ObjectName, Binding> bindings, Map<ObjectName, @Nullable Role> roles, User user, Act.OnObject act) {
        return bindings.values().stream().anyMatch(binding -> {
            String at = binding.name().namespace();
            Role role = roles.get(binding.role());
            return (at.isEmpty() || at.equals(act.namespace()))
                    && binding.holders().stream()
                            .anyMatch(holder -> holder.group()
                                    ? user.groups().contains(holder.name())
                                    : user.name().equals(holder.name()))
                    && role != null
                    && role.rules().stream().anyMatch(rule -> rule.allows(act));
        });
    }
}
