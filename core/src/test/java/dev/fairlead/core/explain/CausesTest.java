// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Explanation.Verdict;
import dev.fairlead.core.explain.NodeReport.Outcome;
import dev.fairlead.core.explain.NodeReport.Socket;
import dev.fairlead.core.explain.Question.Target;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every cause is told first when it is what is wrong, and alone; and no kind of cause is left untested. */
final class CausesTest {
    record Row(Kind cause, boolean breaks, Scene scene) {
        @Override
        public String toString() {
            return cause + (breaks ? "" : " partly");
        }
    }

    private static Row breaks(Kind cause, Scene scene) {
        return new Row(cause, true, scene);
    }

    private static Row impairs(Kind cause, Scene scene) {
        return new Row(cause, false, scene);
    }

    private static Scene notReady(String container, String statuses) {
        return Scene.healthy()
                .noPods()
                .slice("{name: http, port: 8080, protocol: TCP}", "")
                .pod(
                        "web-1",
                        "",
                        "nodeName: one, containers: [{name: main" + container + "}]",
                        "phase: Running, podIPs: [{ip: 10.244.0.1}], conditions: [{type: Ready, status: 'False',"
                                + " lastTransitionTime: '2026-11-21T11:58:00Z'}], containerStatuses: [{name: main, "
                                + statuses + "}]",
                        "[{reason: Unhealthy, lastTimestamp: '2026-11-21T11:59:55Z',"
                                + " message: 'Readiness probe failed: HTTP probe failed with statuscode: 503'}]");
    }

    private static Scene loadBalancer(String reason) {
        return Scene.healthy()
                .spec("type: ClusterIP", "type: LoadBalancer")
                .status("conditions: [{type: fairlead.dev/LoadBalancerReady, status: 'False', reason: " + reason
                        + ", message: 'as it says'}]");
    }

    private static final String NAMED = "targetPort: 8080";

    static List<Row> rows() {
        Scene selectorless = Scene.empty().spec("selector: {app: web}, ", "");
        return List.of(
                breaks(Kind.NO_SUCH_SERVICE, Scene.empty().missing().sibling("wed")),
                breaks(Kind.WRONG_NAMESPACE, Scene.empty().missing().namesake("store")),
                breaks(
                        Kind.NOTHING_AT_ADDRESS,
                        Scene.empty().missing().asked(new Target.At(IpAddress.of("10.96.0.99"), 80))),
                breaks(Kind.NOTHING_AT_ADDRESS, Scene.empty().missing().asked(new Target.NodePort(30080))),
                breaks(Kind.NO_SUCH_PORT, Scene.healthy().port("https")),
                breaks(Kind.NO_SUCH_PORT, Scene.healthy().asked(new Target.At(IpAddress.of("10.96.0.7"), 81))),
                impairs(Kind.NO_SUCH_CLIENT, Scene.healthy().fromNobody()),
                breaks(
                        Kind.NODE_PORT_ADDRESS,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: NodePort")
                                .spec("port: 80,", "port: 80, nodePort: 30080,")
                                .asked(new Target.At(IpAddress.of("192.0.2.1"), 30080))),
                impairs(
                        Kind.BEING_DELETED,
                        Scene.healthy()
                                .meta("deletionTimestamp: '2026-11-21T11:59:00Z', finalizers: [example.org/slow]")),
                breaks(Kind.EXTERNAL_NAME_ADDRESS, Scene.empty().spec("type: ExternalName, externalName: 192.0.2.1")),
                breaks(
                        Kind.EXTERNAL_NAME_PORTS,
                        Scene.empty().spec("type: ExternalName, externalName: db.example.org, ports: [{port: 80}]")),
                breaks(
                        Kind.HEADLESS_PORT,
                        Scene.healthy().spec("clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7]", "clusterIP: None")),
                breaks(
                        Kind.OTHER_PROXY,
                        Scene.healthy().meta("labels: {service.kubernetes.io/service-proxy-name: other}")),
                breaks(Kind.NO_CLUSTER_IP, Scene.healthy().spec("clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], ", "")),
                breaks(
                        Kind.RIVAL_SERVICE,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: NodePort")
                                .spec("port: 80,", "port: 80, nodePort: 30080,")
                                .asked(new Target.NodePort(30080))
                                .rival(
                                        "api",
                                        "type: NodePort, clusterIPs: [10.96.0.8], ports: [{port: 90, nodePort: 30080}]")),
                impairs(
                        Kind.RIVAL_SERVICE,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: ClusterIP, externalIPs: [192.0.2.7]")
                                .rival(
                                        "zoo",
                                        "clusterIPs: [10.96.0.8], externalIPs: [192.0.2.7], ports: [{port: 80}]")),
                impairs(
                        Kind.LOAD_BALANCER_CLASS,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: LoadBalancer, loadBalancerClass: example.org/lb")),
                impairs(Kind.LOAD_BALANCER_NO_POOL, loadBalancer("NoPool")),
                impairs(Kind.LOAD_BALANCER_POOL_FULL, loadBalancer("PoolsFull")),
                impairs(Kind.LOAD_BALANCER_POOL_MISMATCH, loadBalancer("NoPoolMatches")),
                impairs(Kind.LOAD_BALANCER_PENDING, loadBalancer("AddressTaken")),
                impairs(Kind.RANGE_DELETED, Scene.healthy().deletedRange()),
                breaks(
                        Kind.SELECTOR_TYPO,
                        Scene.empty().spec("{app: web}", "{app: wbe}").others(3, "{app: web}")),
                breaks(Kind.SELECTOR_TYPO, Scene.empty().others(2, "{ap: web}")),
                breaks(
                        Kind.LABELS_CHANGED,
                        Scene.empty()
                                .spec("{app: web}", "{app: web, version: blue}")
                                .others(3, "{app: web, version: green}")
                                .workload("ReplicaSet", "web-5d4", 0, "{app: web, version: blue}")),
                breaks(Kind.NO_POD_MATCHES, Scene.empty().others(1, "{app: shelved}")),
                breaks(
                        Kind.LABELS_CHANGED,
                        Scene.empty().others(3, "{app: api}").relabelled("web-1", "{app: shelved}")),
                breaks(
                        Kind.PODS_ELSEWHERE,
                        Scene.empty().others(1, "{tier: db}").elsewhere("store", "web-1")),
                breaks(Kind.NO_REPLICAS, Scene.empty().workload("Deployment", "web", 0, "{app: web}")),
                breaks(Kind.NO_POD_MATCHES, Scene.empty().others(2, "{tier: db}")),
                breaks(
                        Kind.CRASH_LOOP,
                        notReady(
                                "",
                                "restartCount: 5, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated:"
                                        + " {exitCode: 1, finishedAt: '2026-11-21T11:59:50Z'}}")),
                breaks(
                        Kind.CANNOT_START,
                        notReady("", "state: {waiting: {reason: CreateContainerError, message: 'no such program'}}")),
                breaks(
                        Kind.PROBE_FAILS,
                        notReady(
                                ", readinessProbe: {httpGet: {port: 8080, path: /ready}}",
                                "state: {running: {startedAt: '2026-11-21T11:00:00Z'}}")),
                breaks(Kind.NOT_READY, notReady("", "state: {running: {startedAt: '2026-11-21T11:00:00Z'}}")),
                breaks(Kind.STILL_STARTING, notReady("", "state: {waiting: {reason: ContainerCreating}}")),
                breaks(
                        Kind.NODE_UNKNOWN,
                        Scene.empty()
                                .pod(
                                        "web-1",
                                        "",
                                        "nodeName: gone",
                                        Scene.running(true) + ", podIPs: [{ip: 10.244.0.1}]",
                                        "[]")),
                breaks(
                        Kind.NOT_SCHEDULED,
                        Scene.empty()
                                .pod(
                                        "web-1",
                                        "",
                                        "containers: []",
                                        "conditions: [{type: PodScheduled, status: 'False', message: '0/1 nodes'}]",
                                        "[]")),
                breaks(
                        Kind.ALL_TERMINATING,
                        Scene.empty()
                                .pod(
                                        "web-1",
                                        "deletionTimestamp: '2026-11-21T11:59:00Z'",
                                        "nodeName: one",
                                        Scene.running(true) + ", podIPs: [{ip: 10.244.0.1}]",
                                        "[]")
                                .slice("web-0", "kubernetes.io/service-name: web", "{name: http, port: 8080}", "")),
                breaks(Kind.ALL_ENDED, Scene.empty().pod("web-1", "", "nodeName: one", "phase: Succeeded", "[]")),
                breaks(
                        Kind.PORT_PROTOCOL,
                        Scene.healthy()
                                .spec(NAMED, "targetPort: http")
                                .spec("protocol: TCP", "protocol: UDP")
                                .slice("", "10.244.0.1 10.244.0.2 10.244.0.3")),
                impairs(
                        Kind.NAMED_PORT_MISSING,
                        Scene.healthy()
                                .spec(NAMED, "targetPort: http")
                                .pod(
                                        "web-3",
                                        "",
                                        "nodeName: one, containers: [{name: main, ports: [{name: web, containerPort: 8080}]}]",
                                        Scene.running(true) + ", podIPs: [{ip: 10.244.0.3}]",
                                        "[]")),
                breaks(
                        Kind.SLICE_WITHOUT_LABEL,
                        selectorless.slice("web-manual", "app: web", "{name: http, port: 80}", "")),
                breaks(
                        Kind.SLICE_PORT_MISMATCH,
                        Scene.empty()
                                .spec("selector: {app: web}, ", "")
                                .slice(
                                        "hand",
                                        "kubernetes.io/service-name: web",
                                        "{name: web, port: 8080, protocol: TCP}",
                                        "{addresses: [192.0.2.4]}")),
                breaks(
                        Kind.ENDPOINTS_EMPTY,
                        Scene.empty().spec("selector: {app: web}, ", "").endpoints(0)),
                breaks(Kind.NO_ENDPOINTS_MADE, Scene.empty().spec("selector: {app: web}, ", "")),
                breaks(Kind.SLICES_BEHIND, Scene.healthy().noSlices()),
                breaks(
                        Kind.SOURCE_NOT_ALLOWED,
                        Scene.healthy()
                                .spec(
                                        "type: ClusterIP",
                                        "type: LoadBalancer, loadBalancerSourceRanges: ['192.0.2.0/24']")
                                .status("loadBalancer: {ingress: [{ip: 10.97.0.1}]}")
                                .asked(new Target.At(IpAddress.of("10.97.0.1"), 80))
                                .from("client", "10.244.0.9", "one")),
                breaks(
                        Kind.NO_LOCAL_ENDPOINT,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: ClusterIP, internalTrafficPolicy: Local")
                                .node("two", "2026-11-21T11:59:55Z", 100)
                                .from("client", "10.244.1.9", "two")),
                impairs(
                        Kind.NO_LOCAL_ENDPOINT,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: ClusterIP, internalTrafficPolicy: Local")
                                .node("two", "2026-11-21T11:59:55Z", 100)),
                breaks(
                        Kind.NO_ENDPOINTS,
                        Scene.healthy().spec("clusterIPs: [10.96.0.7]", "clusterIPs: [10.96.0.7, 'fd00::7']")),
                breaks(Kind.AGENT_NOT_RUNNING, Scene.healthy().noAgent()),
                impairs(
                        Kind.AGENT_NOT_RUNNING,
                        Scene.healthy()
                                .node("two", "2026-11-21T11:50:00Z", 100)
                                .pod(
                                        "web-3",
                                        "",
                                        "nodeName: two, containers: [{name: main}]",
                                        Scene.running(true) + ", podIPs: [{ip: 10.244.0.3}]",
                                        "[]")),
                breaks(
                        Kind.PROTOCOL_NOT_CARRIED,
                        Scene.healthy()
                                .spec("protocol: TCP", "protocol: SCTP")
                                .status("conditions: [{type: fairlead.dev/ProtocolsCarried, status: 'False', reason:"
                                        + " SCTPNotCarried, message: no SCTP here}]")),
                breaks(Kind.AGENT_BEHIND, Scene.healthy().programmed(80)),
                breaks(Kind.NOT_BOUND, Scene.healthy().served("10.96.0.7:80/tcp", "", "Address already in use")),
                breaks(
                        Kind.NOT_BOUND,
                        Scene.healthy()
                                .notes(new NodeNotes(
                                        List.of(),
                                        List.of(
                                                trouble("other", "10.96.0.8:80/tcp"),
                                                trouble("web", "10.96.0.7:80/tcp")),
                                        List.of()))),
                impairs(Kind.BOUND_ELSEWHERE, Scene.healthy().served("10.96.0.7:80/tcp", "10.96.0.7:8080", "")),
                impairs(Kind.WRONG_PROTOCOL, Scene.healthy().listens("web-1", Protocol.UDP, "0.0.0.0", 8080)),
                impairs(Kind.WRONG_TARGET_PORT, Scene.healthy().listens("web-2", Protocol.TCP, "0.0.0.0", 8000)),
                impairs(Kind.WRONG_LISTEN_ADDRESS, Scene.healthy().listens("web-3", Protocol.TCP, "127.0.0.1", 8080)),
                impairs(Kind.NOT_LISTENING, Scene.healthy().listens("web-1", new Socket[0])),
                breaks(
                        Kind.POINTS_NOWHERE,
                        Scene.empty()
                                .spec("selector: {app: web}, ", "")
                                .slice(
                                        "hand",
                                        "kubernetes.io/service-name: web",
                                        "{name: http, port: 8080, protocol: TCP}",
                                        "{addresses: [192.0.2.4]}")
                                .tried("10.244.0.9", "192.0.2.4", 8080, Outcome.REFUSED)),
                impairs(Kind.REFUSED, Scene.healthy().tried("10.244.0.9", "10.244.0.2", 8080, Outcome.SILENT)),
                impairs(
                        Kind.AFFINITY_HOLDS,
                        Scene.healthy()
                                .spec("type: ClusterIP", "type: ClusterIP, sessionAffinity: ClientIP")
                                .from("client", "10.244.0.9", "one")
                                .tried("10.244.0.9", "10.244.0.2", 8080, Outcome.CONNECTED)
                                .tried("10.244.0.9", "10.244.0.2", 8080, Outcome.CONNECTED)
                                .tried("10.244.0.9", "10.244.0.2", 8080, Outcome.CONNECTED)
                                .tried("10.244.0.9", "10.244.0.2", 8080, Outcome.CONNECTED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void theCauseIsToldFirstAndAlone(Row row) {
        Explanation explanation = row.scene.explained();
        assertThat(explanation.causes()).as(explanation.text()).isNotEmpty();
        assertThat(explanation.causes().stream().map(Cause::kind))
                .as(explanation.text())
                .containsExactly(row.cause);
        assertThat(explanation.verdict())
                .as(explanation.text())
                .isEqualTo(row.breaks ? Verdict.BROKEN : Verdict.IMPAIRED);
        assertThat(explanation.steps().stream()
                        .filter(step -> step.state() == Explanation.State.FAULT)
                        .map(Explanation.Step::stage))
                .as(explanation.text())
                .containsExactlyElementsOf(explanation.steps().isEmpty() ? List.of() : List.of(row.cause.stage()));
        assertThat(row.scene.text().lines().count()).as("one screen").isLessThan(25);
        assertThat(explanation.causes().getFirst().fix()).isNotEmpty();
    }

    @Test
    void everyKindOfCauseIsInTheTable() {
        Set<Kind> tested = rows().stream().map(Row::cause).collect(Collectors.toSet());
        assertThat(EnumSet.complementOf(EnumSet.copyOf(tested))).isEmpty();
        assertThat(Arrays.stream(Kind.values()).map(Kind::word)).doesNotHaveDuplicates();
    }

    private static NodeNotes.Trouble trouble(String service, String frontend) {
        return new NodeNotes.Trouble(
                new ObjectName("shop", service), new NodeReport.Served(frontend, "", "Address already in use"));
    }

    @Test
    void notesAboutAnotherServiceAreNoCause() {
        NodeNotes notes = new NodeNotes(List.of(), List.of(trouble("other", "10.96.0.7:80/tcp")), List.of());
        assertThat(NodeNotes.from(new Tree(notes.tree()))).isEqualTo(notes);
        assertThat(Scene.healthy().notes(notes).explained().causes()).isEmpty();
    }
}
