// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of every way to ask for families, for every kind of Service, in a cluster with IPv4, IPv6, and both in
 * either order.
 *
 * <p>An outcome is written short: {@code P46} is PreferDualStack with IPv4 and IPv6; {@code !policy}, {@code !fam1}, {@code
 * !ip0} are refusals of spec.ipFamilyPolicy, spec.ipFamilies[1] and spec.clusterIPs[0]; {@code !ips} of spec.clusterIPs as
 * a whole.
 */
class ServiceFamiliesTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String WEB = SERVICES + "/web";
    private static final String V4 = "10.96.0.0/16";
    private static final String V6 = "fd00:10:96::/112";
    private static final Map<String, TestServer> SERVERS = new HashMap<>();

    private static final List<String> CLUSTERS = List.of("4", "6", "46", "64");
    private static final List<String> POLICIES = List.of("-", "S", "P", "R");
    /** Nothing, families, and addresses ({@code a}). */
    private static final List<String> ASKED = List.of("-", "4", "6", "46", "64", "a4", "a6", "a46", "a64");

    /** The kinds of Service: how each is written, and which table says what becomes of it. */
    enum Shape {
        CLUSTER_IP("ClusterIP", "", ADDRESSED),
        NODE_PORT("NodePort", "", ADDRESSED),
        LOAD_BALANCER("LoadBalancer", "", ADDRESSED),
        SELECTORLESS("ClusterIP", "", ADDRESSED),
        HEADLESS("ClusterIP", "clusterIP: None, ", ADDRESSED),
        HEADLESS_SELECTORLESS("ClusterIP", "clusterIP: None, ", BARE),
        EXTERNAL_NAME("ExternalName", "externalName: a.example, ", NAMED);

        private final String type;
        private final String fields;
        private final String table;

        Shape(String type, String fields, String table) {
            this.type = type;
            this.fields = fields;
            this.table = table;
        }

        boolean headless() {
            return fields.contains("None");
        }

        boolean selects() {
            return this != SELECTORLESS && this != HEADLESS_SELECTORLESS && this != EXTERNAL_NAME;
        }
    }

    /** Services with addresses, and headless ones with a selector. Columns: what is asked for; rows: cluster and policy. */
    private static final String ADDRESSED = """
            cluster policy | -       4       6            46           64           a4       a6           a46           a64
            4       -      | S4      S4      !fam0        !policy      !policy      S4       !ip0         !policy,!ip1  !policy,!ip0
            4       S      | S4      S4      !fam0        !policy      !policy      S4       !ip0         !policy,!ip1  !policy,!ip0
            4       P      | P4      P4      !fam0        !fam1        !fam0        P4       !ip0         !ip1          !ip0
            4       R      | !policy !policy !policy,!fam0 !policy,!fam1 !policy,!fam0 !policy !ip0       !ip1          !ip0
            6       -      | S6      !fam0   S6           !policy      !policy      !ip0     S6           !policy,!ip0  !policy,!ip1
            6       S      | S6      !fam0   S6           !policy      !policy      !ip0     S6           !policy,!ip0  !policy,!ip1
            6       P      | P6      !fam0   P6           !fam0        !fam1        !ip0     P6           !ip0          !ip1
            6       R      | !policy !policy,!fam0 !policy !policy,!fam0 !policy,!fam1 !ip0  !policy      !ip0          !ip1
            46      -      | S4      S4      S6           !policy      !policy      S4       S6           !policy       !policy
            46      S      | S4      S4      S6           !policy      !policy      S4       S6           !policy       !policy
            46      P      | P46     P46     P64          P46          P64          P46      P64          P46           P64
            46      R      | R46     R46     R64          R46          R64          R46      R64          R46           R64
            64      -      | S6      S4      S6           !policy      !policy      S4       S6           !policy       !policy
            64      S      | S6      S4      S6           !policy      !policy      S4       S6           !policy       !policy
            64      P      | P64     P46     P64          P46          P64          P46      P64          P46           P64
            64      R      | R64     R46     R64          R46          R64          R46      R64          R46           R64
            """;

    /** Headless Services without selector: somebody else writes the endpoints, of whatever family. */
    private static final String BARE = """
            cluster policy | -    4    6    46      64
            4       -      | R46  R46  R64  R46     R64
            4       S      | S4   S4   S6   !policy !policy
            4       P      | P46  P46  P64  P46     P64
            4       R      | R46  R46  R64  R46     R64
            6       -      | R64  R46  R64  R46     R64
            6       S      | S6   S4   S6   !policy !policy
            6       P      | P64  P46  P64  P46     P64
            6       R      | R64  R46  R64  R46     R64
            46      -      | R46  R46  R64  R46     R64
            46      S      | S4   S4   S6   !policy !policy
            46      P      | P46  P46  P64  P46     P64
            46      R      | R46  R46  R64  R46     R64
            64      -      | R64  R46  R64  R46     R64
            64      S      | S6   S4   S6   !policy !policy
            64      P      | P64  P46  P64  P46     P64
            64      R      | R64  R46  R64  R46     R64
            """;

    /** ExternalName has neither families nor addresses. */
    private static final String NAMED = """
            cluster policy | -  4     6     46    64    a4   a6   a46  a64
            *       -      | -  !fams !fams !fams !fams !ips !ips !ips !ips
            *       S      | !policy !fams,!policy !fams,!policy !fams,!policy !fams,!policy !ips,!policy !ips,!policy !ips,!policy !ips,!policy
            *       P      | !policy !fams,!policy !fams,!policy !fams,!policy !fams,!policy !ips,!policy !ips,!policy !ips,!policy !ips,!policy
            *       R      | !policy !fams,!policy !fams,!policy !fams,!policy !fams,!policy !ips,!policy !ips,!policy !ips,!policy !ips,!policy
            """;

    record Case(Shape shape, String cluster, String policy, String asked, String outcome) {}

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            List<String> lines = shape.table.lines().toList();
            List<String> columns =
                    words(lines.getFirst().substring(lines.getFirst().indexOf('|') + 1));
            for (String line : lines.subList(1, lines.size())) {
                List<String> key = words(line.substring(0, line.indexOf('|')));
                List<String> outcomes = words(line.substring(line.indexOf('|') + 1));
                for (String cluster : key.getFirst().equals("*") ? CLUSTERS : List.of(key.getFirst())) {
                    for (int i = 0; i < columns.size(); i++) {
                        if (!(shape.headless() && columns.get(i).startsWith("a"))) {
                            cases.add(new Case(shape, cluster, key.get(1), columns.get(i), outcomes.get(i)));
                        }
                    }
                }
            }
        }
        return cases.stream();
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split(" +"));
    }

    @Test
    void every_combination_is_there() {
        Set<List<Object>> seen = cases().map(one -> List.<Object>of(one.shape, one.cluster, one.policy, one.asked))
                .collect(Collectors.toSet());
        Set<List<Object>> missing = new LinkedHashSet<>();
        for (Shape shape : Shape.values()) {
            for (String cluster : CLUSTERS) {
                for (String policy : POLICIES) {
                    for (String asked : ASKED) {
                        List<Object> one = List.of(shape, cluster, policy, asked);
                        if (!seen.contains(one) && !(shape.headless() && asked.startsWith("a"))) {
                            missing.add(one);
                        }
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void creation(Case one) {
        Client api = api(one.cluster);
        Client.Answer answer = api.post(SERVICES, yaml(one.shape, one.policy, one.asked));
        assertThat(outcome(answer)).as("%s", answer.tree().fields()).isEqualTo(one.outcome);
        if (answer.status() == 201) {
            assertThat(answer.tree()).isEqualTo(api.get(WEB).tree());
            holds(api, one.shape, answer.tree());
            assertThat(api.put(WEB, answer.tree()).is(200).version())
                    .as("settled")
                    .isEqualTo(answer.version());
            api.delete(WEB).is(200);
        }
        assertThat(reserved(api)).isEmpty();
    }

    /** What a Service holds fits what it says, and is reserved. */
    private static void holds(Client api, Shape shape, Tree service) {
        Tree spec = service.tree("spec");
        List<String> addresses = spec.texts("clusterIPs");
        if (shape.headless()) {
            assertThat(addresses).containsExactly("None");
            assertThat(reserved(api)).isEmpty();
            return;
        }
        assertThat(spec.text("clusterIP", "")).isEqualTo(addresses.isEmpty() ? "" : addresses.getFirst());
        assertThat(addresses).hasSameSizeAs(spec.texts("ipFamilies"));
        for (int i = 0; i < addresses.size(); i++) {
            IpAddress address = IpAddress.of(addresses.get(i));
            assertThat(address.family().text())
                    .isEqualTo(spec.texts("ipFamilies").get(i));
            assertThat(Cidr.of(address.toString().contains(":") ? V6 : V4).contains(address))
                    .isTrue();
        }
        assertThat(reserved(api)).containsExactlyInAnyOrderElementsOf(addresses);
    }

    /** From each state to each policy, the rest of the Service left as it is. */
    private static final String POLICY_CHANGES = """
            from | S  P   R   -
            S4   | S4 P46 R46 S4
            S6   | S6 P64 R64 S6
            P46  | S4 P46 R46 P46
            P64  | S6 P64 R64 P64
            R46  | S4 P46 R46 R46
            R64  | S6 P64 R64 R64
            """;

    record Change(Shape shape, String cluster, String from, String to, String outcome) {}

    static Stream<Change> policyChanges() {
        List<Change> changes = new ArrayList<>();
        List<String> lines = POLICY_CHANGES.lines().toList();
        List<String> columns = words(lines.getFirst().substring(lines.getFirst().indexOf('|') + 1));
        for (Shape shape : Shape.values()) {
            for (String cluster : List.of("46", "64")) {
                for (String line : lines.subList(1, lines.size())) {
                    List<String> outcomes = words(line.substring(line.indexOf('|') + 1));
                    for (int i = 0; i < columns.size() && shape != Shape.EXTERNAL_NAME; i++) {
                        changes.add(
                                new Change(shape, cluster, words(line).getFirst(), columns.get(i), outcomes.get(i)));
                    }
                }
            }
        }
        return changes.stream();
    }

    @ParameterizedTest
    @MethodSource("policyChanges")
    void policy_change(Change change) {
        Client api = api(change.cluster);
        Tree before = api.post(SERVICES, yaml(change.shape, change.from.substring(0, 1), change.from.substring(1)))
                .is(201)
                .tree();
        assertThat(outcome(before)).isEqualTo(change.from);
        try {
            String policy = change.to.equals("-") ? "null" : "\"" + policy(change.to) + "\"";
            Client.Answer answer = api.merge(WEB, "{\"spec\":{\"ipFamilyPolicy\":" + policy + "}}");
            assertThat(outcome(answer)).as("%s", answer.tree().fields()).isEqualTo(change.outcome);
            assertThat(answer.tree().tree("spec").text("clusterIP"))
                    .isEqualTo(before.tree("spec").text("clusterIP"));
            holds(api, change.shape, answer.tree());
        } finally {
            api.delete(WEB).is(200);
        }
        assertThat(reserved(api)).isEmpty();
    }

    @Test
    void a_preference_is_not_raised_when_the_cluster_gets_a_second_family() {
        try (TestServer single = TestServer.with(V4)) {
            new Client(single.api())
                    .post(SERVICES, yaml(Shape.CLUSTER_IP, "P", "-"))
                    .is(201);
            try (ApiServer dual = single.again(V4, V6)) {
                Client api = new Client(dual);
                assertThat(api.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes")
                                .tree()
                                .tree("spec")
                                .texts("cidrs"))
                        .containsExactly(V4, V6);
                assertThat(outcome(api.merge(WEB, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")))
                        .isEqualTo("P4");
                assertThat(outcome(api.merge(WEB, "{\"spec\":{\"ipFamilyPolicy\":\"RequireDualStack\"}}")))
                        .isEqualTo("R46");
            }
        }
    }

    private static String yaml(Shape shape, String policy, String asked) {
        StringBuilder spec = new StringBuilder("metadata: {name: web}\nspec: {type: " + shape.type + ", ");
        spec.append(shape.fields).append(shape.selects() ? "selector: {app: web}, " : "");
        if (!policy.equals("-")) {
            spec.append("ipFamilyPolicy: ").append(policy(policy)).append(", ");
        }
        if (asked.startsWith("a")) {
            List<String> addresses = asked.substring(1)
                    .chars()
                    .mapToObj(family -> family == '4' ? "10.96.0.44" : "'fd00:10:96::66'")
                    .toList();
            spec.append("clusterIP: ")
                    .append(addresses.getFirst())
                    .append(", clusterIPs: ")
                    .append(addresses)
                    .append(", ");
        } else if (!asked.equals("-")) {
            spec.append("ipFamilies: ")
                    .append(asked.chars()
                            .mapToObj(family -> "IPv" + (char) family)
                            .toList())
                    .append(", ");
        }
        return spec.append("ports: [{port: 80}]}\n").toString();
    }

    private static String policy(String letter) {
        return switch (letter) {
            case "S" -> "SingleStack";
            case "P" -> "PreferDualStack";
            default -> "RequireDualStack";
        };
    }

    private static String outcome(Client.Answer answer) {
        return answer.status() == 422 ? refusals(answer.tree()) : outcome(answer.tree());
    }

    private static String outcome(Tree service) {
        Tree spec = service.tree("spec");
        String policy = spec.text("ipFamilyPolicy", "-").substring(0, 1);
        return policy
                + spec.texts("ipFamilies").stream()
                        .map(family -> family.substring(3))
                        .collect(Collectors.joining());
    }

    private static String refusals(Tree status) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("spec.ipFamilyPolicy", "!policy");
        words.put("spec.ipFamilies", "!fams");
        words.put("spec.ipFamilies[0]", "!fam0");
        words.put("spec.ipFamilies[1]", "!fam1");
        words.put("spec.clusterIPs", "!ips");
        words.put("spec.clusterIPs[0]", "!ip0");
        words.put("spec.clusterIPs[1]", "!ip1");
        return status.tree("details").trees("causes").stream()
                .map(cause -> words.getOrDefault(cause.text("field", ""), cause.text("field", "")))
                .distinct()
                .collect(Collectors.joining(","));
    }

    private static List<String> reserved(Client api) {
        return api.get("/apis/networking.k8s.io/v1/ipaddresses").tree().trees("items").stream()
                .map(item -> item.tree("metadata").text("name", ""))
                .toList();
    }

    private static Client api(String cluster) {
        TestServer server = SERVERS.computeIfAbsent(cluster, any -> switch (cluster) {
            case "4" -> TestServer.with(V4);
            case "6" -> TestServer.with(V6);
            case "46" -> TestServer.with(V4, V6);
            default -> TestServer.with(V6, V4);
        });
        return new Client(server.api());
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(TestServer::close);
    }
}
