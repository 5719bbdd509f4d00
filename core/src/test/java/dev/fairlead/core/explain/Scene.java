// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Flow;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Evidence.Around;
import dev.fairlead.core.explain.Evidence.Labelled;
import dev.fairlead.core.explain.Evidence.Range;
import dev.fairlead.core.explain.Evidence.Relabelled;
import dev.fairlead.core.explain.Evidence.ServiceSeen;
import dev.fairlead.core.explain.Evidence.SlicesSeen;
import dev.fairlead.core.explain.Evidence.Workload;
import dev.fairlead.core.explain.NodeReport.Attempt;
import dev.fairlead.core.explain.NodeReport.Counted;
import dev.fairlead.core.explain.NodeReport.Listening;
import dev.fairlead.core.explain.NodeReport.Outcome;
import dev.fairlead.core.explain.NodeReport.Served;
import dev.fairlead.core.explain.NodeReport.Socket;
import dev.fairlead.core.explain.Question.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evidence put together from short texts. It starts as the Service shop/web (10.96.0.7, port http 80 to 8080) with three
 * ready pods of Deployment web on node one, whose agent has programmed everything; each test breaks one thing.
 */
final class Scene {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final ObjectName WEB = new ObjectName("shop", "web");
    private static final String OLD = "'2026-11-21T11:00:00Z'";

    private Target target = new Target.Named(WEB);
    private String port = "";
    private @Nullable ObjectName from;
    private @Nullable PodSeen client;
    private String meta = "";
    private String spec =
            "type: ClusterIP, selector: {app: web}, clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], ipFamilies: [IPv4],"
                    + " ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]";
    private String status = "";
    private boolean exists = true;
    private final List<ObjectName> namesakes = new ArrayList<>();
    private final List<String> siblings = new ArrayList<>();
    private final List<PodSeen> pods = new ArrayList<>();
    private final List<Labelled> around = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final List<ObjectName> elsewhere = new ArrayList<>();
    private final List<Relabelled> relabelled = new ArrayList<>();
    private final List<EndpointSlice> slices = new ArrayList<>();
    private final List<EndpointSlice> unlabelled = new ArrayList<>();
    private int handMade = -1;
    private final List<Service> rivals = new ArrayList<>();
    private final List<Range> ranges = new ArrayList<>(
            List.of(Range.from(tree("{metadata: {name: kubernetes}, spec: {cidrs: ['10.96.0.0/16', 'fd00::/112']}}"))));
    private final List<NodeSeen> nodes = new ArrayList<>();
    private final List<Served> served = new ArrayList<>();
    private final List<Counted> counted = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Listening> listening = new ArrayList<>();
    private long programmed = 100;
    private boolean agent = true;
    private NodeNotes notes = NodeNotes.NONE;

    static Tree tree(String flow) {
        return new Tree(Flow.of(flow));
    }

    /** The Service with three ready pods that listen where they should. */
    static Scene healthy() {
        Scene scene = new Scene();
        for (int i = 1; i <= 3; i++) {
            scene.ready("web-" + i, "10.244.0." + i);
            scene.listens("web-" + i, Protocol.TCP, "0.0.0.0", 8080);
        }
        return scene.slice("{name: http, port: 8080, protocol: TCP}", "10.244.0.1 10.244.0.2 10.244.0.3");
    }

    /** The Service without pods and slices. */
    static Scene empty() {
        return new Scene();
    }

    Scene asked(Target what) {
        target = what;
        return this;
    }

    Scene port(String wanted) {
        port = wanted;
        return this;
    }

    Scene from(String name, String address, String node) {
        from = new ObjectName("shop", name);
        client = PodSeen.from(
                pod(name, "", "nodeName: " + node, running(true) + ", podIPs: [{ip: " + address + "}]"), List.of());
        return this;
    }

    Scene fromNobody() {
        from = new ObjectName("shop", "client");
        return this;
    }

    Scene missing() {
        exists = false;
        return this;
    }

    Scene namesake(String namespace) {
        namesakes.add(new ObjectName(namespace, "web"));
        return this;
    }

    Scene sibling(String name) {
        siblings.add(name);
        return this;
    }

    Scene meta(String more) {
        meta = ", " + more;
        return this;
    }

    Scene spec(String whole) {
        spec = whole;
        return this;
    }

    /** The specification with a text replaced. */
    Scene spec(String old, String now) {
        if (!spec.contains(old)) {
            throw new IllegalArgumentException(spec + " does not say " + old);
        }
        spec = spec.replace(old, now);
        return this;
    }

    Scene status(String whole) {
        status = whole;
        return this;
    }

    static String running(boolean ready) {
        return "phase: Running, conditions: [{type: Ready, status: '" + (ready ? "True" : "False")
                + "', lastTransitionTime: " + OLD + "}], containerStatuses: [{name: main, ready: " + ready
                + ", restartCount: 0, state: {running: {startedAt: " + OLD + "}}}]";
    }

    private static Tree pod(String name, String meta, String spec, String status) {
        return tree(
                "{metadata: {namespace: shop, name: " + name + ", creationTimestamp: " + OLD + ", labels: {app: web}"
                        + (meta.isEmpty() ? "" : ", " + meta) + "}, spec: {" + spec + "}, status: {" + status + "}}");
    }

    /** A ready pod on node one with a container port http of 8080. */
    Scene ready(String name, String address) {
        return pod(
                name,
                "",
                "nodeName: one, containers: [{name: main, ports: [{name: http, containerPort: 8080}]}]",
                running(true) + ", podIPs: [{ip: " + address + "}]",
                "[]");
    }

    Scene pod(String name, String meta, String spec, String status, String events) {
        pods.removeIf(pod -> pod.name().equals(name));
        pods.add(PodSeen.from(
                pod(name, meta, spec, status), tree("{events: " + events + "}").trees("events")));
        return this;
    }

    Scene noPods() {
        pods.clear();
        slices.clear();
        return this;
    }

    Scene others(int count, String labels) {
        around.add(new Labelled(tree("{labels: " + labels + "}").textMap("labels"), count));
        return this;
    }

    Scene workload(String kind, String name, int replicas, String labels) {
        workloads.add(new Workload(
                kind, name, replicas, tree("{labels: " + labels + "}").textMap("labels")));
        return this;
    }

    Scene relabelled(String pod, String labels) {
        relabelled.add(new Relabelled(pod, tree("{labels: " + labels + "}").textMap("labels")));
        return this;
    }

    Scene elsewhere(String namespace, String name) {
        elsewhere.add(new ObjectName(namespace, name));
        return this;
    }

    /** A slice of the controller's with these ports and ready endpoints. */
    Scene slice(String ports, String addresses) {
        slices.clear();
        return more(ports, addresses, "one");
    }

    /** One more such slice. */
    Scene more(String ports, String addresses, String node) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses.split(" ", -1)) {
            if (!address.isEmpty()) {
                endpoints.append("{addresses: [" + address + "], conditions: {ready: true}, nodeName: " + node
                        + ", targetRef: {kind: Pod, namespace: shop, name: web-"
                        + address.substring(address.lastIndexOf('.') + 1) + "}}, ");
            }
        }
        return slice("web-" + slices.size(), "kubernetes.io/service-name: web", ports, endpoints.toString());
    }

    Scene slice(String name, String labels, String ports, String endpoints) {
        EndpointSlice slice = EndpointSlice.from(tree("{metadata: {namespace: shop, name: " + name
                + ", resourceVersion: '90', labels: {" + labels + "}}, addressType: IPv4, ports: [" + ports
                + "], endpoints: [" + endpoints + "]}"));
        (labels.contains("service-name") ? slices : unlabelled).add(slice);
        return this;
    }

    Scene noSlices() {
        slices.clear();
        return this;
    }

    Scene endpoints(int addresses) {
        handMade = addresses;
        return this;
    }

    Scene rival(String name, String specification) {
        rivals.add(
                Service.from(tree("{metadata: {namespace: shop, name: " + name + "}, spec: {" + specification + "}}")));
        return this;
    }

    Scene deletedRange() {
        ranges.clear();
        ranges.add(Range.from(
                tree("{metadata: {name: old, deletionTimestamp: " + OLD + "}, spec: {cidrs: ['10.96.0.0/16']}}")));
        return this;
    }

    Scene node(String name, String renewed, long revision) {
        nodes.add(NodeSeen.from(
                tree("{metadata: {name: " + name + "}}"),
                tree("{metadata: {annotations: {fairlead.dev/programmed: '" + revision + "'}}, spec: {renewTime: '"
                        + renewed + "', leaseDurationSeconds: 40}}"),
                Tree.EMPTY,
                null));
        return this;
    }

    /** What the node says on its lease, where its agent cannot be asked. */
    Scene notes(NodeNotes said) {
        agent = false;
        notes = said;
        return this;
    }

    Scene noAgent() {
        agent = false;
        return this;
    }

    Scene programmed(long revision) {
        programmed = revision;
        return this;
    }

    Scene served(String name, String bound, String problem) {
        served.add(new Served(name, bound, problem));
        return this;
    }

    Scene passed(String address, int number, long opened, long failed) {
        counted.add(new Counted(IpAddress.of(address), number, opened, 0, failed));
        return this;
    }

    Scene tried(String client, String address, int number, Outcome outcome) {
        attempts.add(new Attempt(
                NOW.minusSeconds(attempts.size()), IpAddress.of(client), IpAddress.of(address), number, outcome));
        return this;
    }

    Scene listens(String pod, Protocol protocol, String address, int number) {
        return listens(pod, new Socket(protocol, IpAddress.of(address), number));
    }

    Scene listens(String pod, Socket... sockets) {
        ObjectName name = new ObjectName("shop", pod);
        listening.removeIf(one -> one.pod().equals(name));
        listening.add(new Listening(name, List.of(sockets)));
        return this;
    }

    Explanation explained() {
        Tree object = tree("{metadata: {namespace: shop, name: web, creationTimestamp: " + OLD + meta + "}, spec: {"
                + spec + "}, status: {" + status + "}}");
        List<NodeSeen> all = new ArrayList<>(nodes);
        NodeReport report = new NodeReport(
                "one",
                programmed,
                List.of(IpAddress.of("10.244.0.254")),
                List.copyOf(served),
                List.copyOf(counted),
                List.copyOf(attempts),
                List.copyOf(listening));
        all.addFirst(NodeSeen.from(
                tree("{metadata: {name: one}, status: {addresses: [{type: InternalIP, address: 10.244.0.254}]}}"),
                tree("{spec: {renewTime: '" + (agent || !notes.equals(NodeNotes.NONE) ? NOW : NOW.minusSeconds(300))
                        + "'}}"),
                new Tree(notes.tree()),
                agent ? NodeReport.from(new Tree(report.tree())) : null));
        return Explanation.of(new Evidence(
                NOW,
                new Question(target, port, from),
                exists ? ServiceSeen.from(object) : null,
                namesakes,
                siblings,
                pods,
                new Around(around, workloads, elsewhere, relabelled),
                new SlicesSeen(slices, unlabelled, handMade),
                rivals,
                ranges,
                all,
                client,
                null));
    }

    /** The whole output, after a journey through the API's form. */
    String text() {
        Explanation explanation = explained();
        Explanation read = Explanation.from(new Tree(Map.copyOf(explanation.tree())));
        if (!read.equals(explanation)) {
            throw new AssertionError(read + " was " + explanation);
        }
        return explanation.text();
    }
}
