// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code kubectl get} prints, as golden lines. */
class TablesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final String META = "metadata: {name: x, creationTimestamp: \"2026-01-01T23:59:55Z\"}\n";

    /** A kind, an object of it, and its row. */
    record Row(String apiVersion, String kind, String yaml, String cells) {
        Row at(String address) {
            return new Row(apiVersion, kind, yaml, cells.replace("5s|<none>|here", "5s|" + address + "|here"));
        }

        @Override
        public String toString() {
            return kind + " " + cells;
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("v1", "Service", """
                        spec:
                          type: NodePort
                          clusterIP: 10.96.0.7
                          clusterIPs: [10.96.0.7]
                          ports: [{port: 80, nodePort: 30080, protocol: TCP}, {port: 53, protocol: UDP}]
                          selector: {b: "2", a: "1"}
                        """, "x|NodePort|10.96.0.7|<none>|80:30080/TCP,53/UDP|5s|a=1,b=2"),
                new Row(
                        "v1",
                        "Service",
                        "spec: {type: ExternalName, externalName: a.example}\n",
                        "x|ExternalName|<none>|a.example|<none>|5s|<none>"),
                new Row("v1", "Service", """
                        spec: {type: LoadBalancer, clusterIPs: [10.96.0.7], externalIPs: [1.2.3.4]}
                        status: {loadBalancer: {ingress: [{ip: 10.97.0.2}, {ip: 10.97.0.1}]}}
                        """, "x|LoadBalancer|10.96.0.7|10.97.0.1,10.97.0.2,1.2.3.4|<none>|5s|<none>"),
                new Row(
                        "v1",
                        "Service",
                        "spec: {type: LoadBalancer, clusterIPs: [None]}\n",
                        "x|LoadBalancer|None|<pending>|<none>|5s|<none>"),
                new Row(
                        "v1",
                        "Endpoints",
                        "subsets: [{addresses: [{ip: 10.0.0.1}, {ip: \"fd00::1\"}], ports: [{port: 80},"
                                + " {port: 81}]}]\n",
                        "x|10.0.0.1:80,10.0.0.1:81,[fd00::1]:80 + 1 more...|5s"),
                new Row("v1", "Endpoints", "", "x|<none>|5s"),
                new Row("discovery.k8s.io/v1", "EndpointSlice", """
                        addressType: IPv4
                        ports: [{port: 80}, {name: dns}, {name: ""}]
                        endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2, 10.0.0.9]}]
                        """, "x|IPv4|80,dns,*|10.0.0.1,10.0.0.2|5s"),
                new Row("discovery.k8s.io/v1", "EndpointSlice", "addressType: IPv6\n", "x|IPv6|<unset>|<unset>|5s"),
                new Row(
                        "fairlead.dev/v1alpha1",
                        "LoadBalancerPool",
                        """
                        spec:
                          addresses: [10.97.0.0/24, fd00::/64]
                          autoAssign: false
                          sharing: Never
                          serviceSelector: {matchLabels: {tier: front}, matchExpressions: [{key: a, operator: Exists}]}
                        status: {total: 9223372036854775807, assigned: 3}
                        """,
                        "x|10.97.0.0/24,fd00::/64|no|3/many|5s|Never|<all>|tier=front,a"),
                new Row(
                        "networking.k8s.io/v1",
                        "IPAddress",
                        "spec: {parentRef: {group: \"\", resource: services, namespace: default, name: web}}\n",
                        "x|services/default/web|5s"),
                new Row(
                        "networking.k8s.io/v1",
                        "ServiceCIDR",
                        "spec: {cidrs: [10.96.0.0/16, \"fd00::/112\"]}\n",
                        "x|10.96.0.0/16,fd00::/112|5s"),
                new Row(
                        "networking.k8s.io/v1",
                        "Ingress",
                        """
                        spec:
                          ingressClassName: front
                          rules: [{host: a.example}, {}, {host: b.example}, {host: c.example}, {host: d.example}]
                          tls: [{hosts: [a.example]}]
                        status: {loadBalancer: {ingress: [{ip: 10.0.0.2}, {hostname: lb.example}, {ip: 10.0.0.1}]}}
                        """,
                        "x|front|a.example,b.example,c.example + 2 more...|10.0.0.1,10.0.0.2,lb.example|80, 443|5s"),
                new Row("networking.k8s.io/v1", "Ingress", "spec: {defaultBackend: {}}\n", "x|<none>|*||80|5s"),
                new Row(
                        "networking.k8s.io/v1",
                        "IngressClass",
                        "spec: {controller: example.com/a, parameters: {apiGroup: k.example, kind: Conf, name: c}}\n",
                        "x|example.com/a|Conf.k.example/c|5s"),
                new Row(
                        "networking.k8s.io/v1",
                        "NetworkPolicy",
                        "spec: {podSelector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn,"
                                + " values: [a, b]}]}}\n",
                        "x|app=web,tier notin (a,b)|5s"),
                new Row("networking.k8s.io/v1", "NetworkPolicy", "spec: {podSelector: {}}\n", "x|<none>|5s"),
                new Row("apps/v1", "StatefulSet", """
                        spec: {replicas: 3, template: {spec: {containers: [{name: a, image: i}]}}}
                        status: {readyReplicas: 2}
                        """, "x|2/3|5s|a|i"),
                new Row("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "x|2026-01-01T23:59:55Z"),
                new Row("apps/v1", "ControllerRevision", "revision: 2\n", "x|<none>|2|5s"),
                new Row("v1", "Namespace", "status: {phase: Active}\n", "x|Active|5s"),
                new Row("v1", "ConfigMap", "data: {a: b, c: d}\nbinaryData: {e: Zg==}\n", "x|3|5s"),
                new Row("v1", "Secret", "type: Opaque\ndata: {a: Yg==}\n", "x|Opaque|1|5s"),
                new Row("v1", "ServiceAccount", "", "x|0|5s"),
                new Row("rbac.authorization.k8s.io/v1", "ClusterRole", "", "x|2026-01-01T23:59:55Z"),
                new Row("rbac.authorization.k8s.io/v1", "Role", "", "x|2026-01-01T23:59:55Z"),
                new Row(
                        "rbac.authorization.k8s.io/v1",
                        "ClusterRoleBinding",
                        """
                        roleRef: {kind: ClusterRole, name: view}
                        subjects:
                        - {kind: User, name: jane}
                        - {kind: User, name: joe}
                        - {kind: Group, name: readers}
                        - {kind: ServiceAccount, name: robot, namespace: shop}
                        """,
                        "x|ClusterRole/view|5s|jane, joe|readers|shop/robot"),
                new Row(
                        "rbac.authorization.k8s.io/v1",
                        "RoleBinding",
                        "roleRef: {kind: Role, name: cook}\n",
                        "x|Role/cook|5s|||"),
                new Row("coordination.k8s.io/v1", "Lease", "spec: {holderIdentity: me}\n", "x|me|5s"),
                new Row("apps/v1", "Deployment", """
                        spec:
                          replicas: 3
                          selector: {matchLabels: {app: web}}
                          template: {spec: {containers: [{name: a, image: i}, {name: b, image: j}]}}
                        status: {readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2}
                        """, "x|2/3|1|2|5s|a,b|i,j|app=web"),
                new Row(
                        "apps/v1",
                        "ReplicaSet",
                        "spec: {replicas: 3, selector: {matchExpressions: [{key: a, operator: In,"
                                + " values: [b, c]}]}}\nstatus: {replicas: 2, readyReplicas: 1}\n",
                        "x|3|2|1|5s|||a in (b,c)"),
                new Row(
                        "v1",
                        "Node",
                        """
                        metadata:
                          name: x
                          creationTimestamp: "2026-01-01T23:59:55Z"
                          labels: {node-role.kubernetes.io/control-plane: ""}
                        spec: {unschedulable: true}
                        status:
                          conditions: [{type: Ready, status: "True"}]
                          addresses: [{type: InternalIP, address: 10.0.0.1}]
                          nodeInfo: {kubeletVersion: v1, kernelVersion: "6.1", architecture: amd64}
                        """,
                        "x|Ready,SchedulingDisabled|control-plane|5s|v1|10.0.0.1|<none>|<unknown>|6.1 (amd64)|<unknown>"),
                new Row(
                        "v1",
                        "Event",
                        """
                        type: Normal
                        reason: Started
                        message: "Started container\\n"
                        count: 3
                        involvedObject: {kind: Pod, name: one, fieldPath: "spec.containers{main}"}
                        source: {component: agent, host: here}
                        firstTimestamp: "2026-01-01T23:00:00Z"
                        lastTimestamp: "2026-01-01T23:59:00Z"
                        """,
                        "60s|Normal|Started|pod/one|spec.containers{main}|agent, here|Started container|60m|3|x"),
                pod("status: {phase: Pending}\n", "0/1|Pending|0"),
                pod(
                                "status: {phase: Running, podIP: 10.0.0.1, containerStatuses: [{name: a, ready: true, restartCount: 2,"
                                        + " state: {running: {}}, lastState: {terminated: {finishedAt: \"2026-01-01T23:58:00Z\"}}}]}\n",
                                "1/1|Running|2 (2m ago)")
                        .at("10.0.0.1"),
                pod(
                        "status: {phase: Running, containerStatuses: [{name: a, restartCount: 1, state: {waiting: {reason:"
                                + " CrashLoopBackOff}}}]}\n",
                        "0/1|CrashLoopBackOff|1"),
                pod(
                        "status: {phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 3}}}]}\n",
                        "0/1|ExitCode:3|0"),
                pod(
                        "status: {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {reason: Completed}}}]}\n",
                        "0/1|Completed|0"),
                pod(
                        "status: {phase: Pending, initContainerStatuses: [{name: i, state: {running: {}}}]}\n",
                        "0/1|Init:0/0|0"),
                pod(
                        "status: {phase: Pending, conditions: [{type: PodScheduled, reason: SchedulingGated}]}\n",
                        "0/1|SchedulingGated|0"),
                pod("status: {phase: Failed, reason: Evicted}\n", "0/1|Evicted|0"));
    }

    private static Row pod(String status, String cells) {
        return new Row(
                "v1",
                "Pod",
                "spec: {nodeName: here, containers: [{name: a}]}\n" + status,
                "x|" + cells + "|5s|<none>|here|<none>|<none>");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void a_row_reads(Row row) {
        Table table = Tables.of(Kinds.served().require(row.apiVersion(), row.kind()));
        String yaml = row.yaml().startsWith("metadata") ? row.yaml() : META + row.yaml();
        List<Object> cells = table.cells(new Tree(Yaml.read(yaml).getFirst().fields()), NOW);
        assertThat(cells).hasSameSizeAs(table.columns());
        assertThat(cells.stream().map(String::valueOf).collect(Collectors.joining("|")))
                .isEqualTo(row.cells());
    }

    @Test
    void a_pod_on_its_way_out_is_terminating() {
        String yaml = """
                metadata: {name: x, deletionTimestamp: "2026-01-01T23:59:55Z"}
                status: {phase: Running}
                """;
        Table table = Tables.of(Kinds.served().require("v1", "Pod"));
        assertThat(table.cells(new Tree(Yaml.read(yaml).getFirst().fields()), NOW))
                .contains("Terminating", "<unknown>");
    }

    @Test
    void every_kind_has_rows_in_these_tests() {
        List<String> tested = rows().stream().map(Row::kind).distinct().toList();
        assertThat(Kinds.served().all().stream()
                        .filter(resource -> resource.verbs().contains("list"))
                        .map(Resource::kind)
                        .distinct())
                .isSubsetOf(tested);
    }

    @ParameterizedTest
    @CsvSource({
        "-5, <invalid>",
        "-1, 0s",
        "0, 0s",
        "119, 119s",
        "120, 2m",
        "130, 2m10s",
        "599, 9m59s",
        "600, 10m",
        "10799, 179m",
        "10800, 3h",
        "12000, 3h20m",
        "28800, 8h",
        "172799, 47h",
        "172800, 2d",
        "187200, 2d4h",
        "691200, 8d",
        "63071999, 729d",
        "63072000, 2y",
        "252288000, 8y"
    })
    void ages_are_said_in_two_figures_at_most(long seconds, String words) {
        assertThat(Age.words(Duration.ofSeconds(seconds))).isEqualTo(words);
    }
}
