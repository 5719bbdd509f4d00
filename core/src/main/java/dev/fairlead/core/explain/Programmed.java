// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.NodeReport.Served;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether the nodes have programmed what the routes say. */
final class Programmed {
    private final Examination examination;
    private final Evidence evidence;
    private final Service service;
    private final List<ServicePort> ports;

    Programmed(Examination examination, Service service, List<ServicePort> ports) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
        this.ports = ports;
    }

    void look() {
        running();
        long wanted = evidence.slices().own().stream()
                .map(EndpointSlice::meta)
                .mapToLong(meta -> meta.resourceVersion())
                .max()
                .orElse(0);
        List<String> ready = new ArrayList<>();
        List<String> behind = new ArrayList<>();
        for (NodeSeen node : evidence.nodes()) {
            if (node.live(evidence.now())) {
                (late(node, wanted) ? behind : ready).add(node.node().name());
            }
        }
        if (!behind.isEmpty() && !examination.broken()) {
            examination.tell(
                    ready.isEmpty(),
                    Kind.AGENT_BEHIND,
                    (behind.size() == 1 ? "node " : "nodes ") + Words.some(behind) + " "
                            + (behind.size() == 1 ? "has" : "have") + " not programmed the Service's latest endpoints"
                            + " (revision " + wanted + ")",
                    "every node at that revision or later",
                    "see the log of the agent on " + behind.getFirst() + "; it may be overloaded or cut off");
        }
        bound();
        examination.step(
                Stage.DATA_PLANE,
                ready.isEmpty()
                        ? "programmed on no node"
                        : "programmed on " + (ready.size() == 1 ? "node " : "nodes ") + Words.some(ready),
                "every frontend bound and every change programmed on every node");
    }

    private void running() {
        List<String> silent = new ArrayList<>();
        Instant last = null;
        boolean anyLive = false;
        for (NodeSeen node : evidence.nodes()) {
            Instant renewed = node.renewed();
            anyLive |= node.live(evidence.now());
            if (!node.live(evidence.now()) && renewed != null && concerned(node)) {
                silent.add(node.node().name());
                last = last == null || renewed.isAfter(last) ? renewed : last;
            }
        }
        if (silent.isEmpty() && (anyLive || service.headless())) {
            return;
        }
        examination.tell(
                !anyLive,
                Kind.AGENT_NOT_RUNNING,
                silent.isEmpty()
                        ? "no node runs the agent"
                        : "the agent on " + (silent.size() == 1 ? "node " : "nodes ") + Words.some(silent)
                                + " has not been heard of"
                                + (last == null
                                        ? ""
                                        : " for " + Words.duration(Duration.between(last, evidence.now()))),
                "a lease that is renewed every 10 s",
                "start the agent there, or delete the Node if it is gone for good");
    }

    /** Whether an endpoint of the Service, or the client, is on the node. */
    private boolean concerned(NodeSeen node) {
        String name = node.node().name();
        PodSeen client = evidence.client();
        return client != null && client.pod().nodeName().equals(name)
                || evidence.pods().stream().anyMatch(pod -> pod.pod().nodeName().equals(name))
                || evidence.slices().own().stream()
                        .flatMap(slice -> slice.endpoints().stream())
                        .anyMatch(endpoint -> name.equals(endpoint.nodeName()));
    }

    /**
     * A lease says what was programmed when it was renewed, not what is now: it counts as late only if the change was made
     * well before that.
     */
    private boolean late(NodeSeen node, long wanted) {
        NodeReport report = node.report();
        if (report != null) {
            return report.programmed() < wanted && changedBefore(evidence.now());
        }
        Instant renewed = node.renewed();
        return renewed != null && node.programmed() > 0 && node.programmed() < wanted && changedBefore(renewed);
    }

    private boolean changedBefore(Instant time) {
        Instant limit = time.minusSeconds(2);
        return evidence.slices().own().stream()
                .map(slice -> Times.read(slice.meta()
                        .annotations()
                        .getOrDefault("endpoints.kubernetes.io/last-change-trigger-time", "")))
                .noneMatch(change -> change != null && change.isAfter(limit));
    }

    private void bound() {
        for (NodeSeen node : evidence.nodes()) {
            NodeReport report = node.about(service.name(), evidence.now());
            if (report == null) {
                continue;
            }
            for (Served served : report.frontends()) {
                boolean told = examination.told(Kind.PROTOCOL_NOT_CARRIED)
                        && served.problem().contains("SCTP");
                if (!asked(served) || told) {
                    continue;
                }
                if (!served.problem().isEmpty()) {
                    examination.tell(
                            clusterIp(served)
                                    && evidence.nodes().size() == 1
                                    && service.clusterIps().size() == 1,
                            Kind.NOT_BOUND,
                            served.name() + " cannot be bound on node " + report.node() + ": " + served.problem(),
                            "an address and port that the Service can have there",
                            remedy(served.problem()));
                } else if (!served.bound().isEmpty()) {
                    examination.impairs(
                            Kind.BOUND_ELSEWHERE,
                            served.name() + " is not to be had on node " + report.node() + "; the Service answers at "
                                    + served.bound() + " instead",
                            "the port free for the Service there",
                            "use " + served.bound() + " (the SRV record and the environment say so too), or end the"
                                    + " program that has the port");
                }
            }
        }
    }

    private static String remedy(String problem) {
        if (problem.contains("EADDRNOTAVAIL") || problem.contains("assign requested address")) {
            return "give the host that address, or use another way in: a node port or a load balancer";
        }
        if (problem.contains("SCTP")) {
            return "use another protocol, or a data plane that carries SCTP";
        }
        return problem.contains("EACCES") || problem.contains("denied")
                ? "use a port above 1023, or give the agent the privilege NET_BIND_SERVICE"
                : "end the program that has the port (ss -ltnup), or use another port";
    }

    private boolean clusterIp(Served served) {
        return service.clusterIps().stream().anyMatch(address -> served.name().contains(address.toString()));
    }

    private boolean asked(Served served) {
        return ports.stream()
                .anyMatch(port -> ends(served.name(), port, port.port()) || ends(served.name(), port, port.nodePort()));
    }

    private static boolean ends(String name, ServicePort port, int number) {
        return name.endsWith(":" + number + "/" + port.protocol().name().toLowerCase(Locale.ROOT));
    }
}
