// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Endpoint;
import dev.fairlead.core.definition.EndpointPort;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.IpFamily;
import dev.fairlead.core.definition.Pod;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.TargetPort;
import dev.fairlead.core.explain.Cause.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the slices say what the pods are, port by port. */
final class SliceCheck {
    /** Slices that are late by less are still being written. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Examination examination;
    private final Evidence evidence;
    private final Service service;
    private final List<ServicePort> ports;
    private final List<EndpointSlice> slices;

    SliceCheck(Examination examination, Service service, List<ServicePort> ports) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
        this.ports = ports;
        this.slices = evidence.slices().own();
    }

    void look() {
        if (service.selector() == null) {
            handMade();
        } else {
            namedPorts();
            behind();
        }
        if (service.selector() != null && evidence.pods().isEmpty()) {
            examination.skip(Stage.SLICES, "no pods, so no endpoints");
            return;
        }
        if (slices.isEmpty() && service.selector() != null && !examination.told(Kind.SLICES_BEHIND)) {
            examination.skip(Stage.SLICES, "not written yet");
            return;
        }
        long endpoints =
                slices.stream().flatMap(slice -> slice.endpoints().stream()).count();
        examination.step(
                Stage.SLICES,
                slices.isEmpty()
                        ? "no EndpointSlice carries the Service's name"
                        : Words.count(slices.size(), "slice") + " with " + Words.count(endpoints, "endpoint") + ", "
                                + Described.ready(slices) + " ready",
                "slices that name every ready pod at every port");
    }

    private void namedPorts() {
        List<PodSeen> live = evidence.pods().stream()
                .filter(pod -> !pod.pod().terminal() && !pod.pod().meta().deleting())
                .toList();
        for (ServicePort port : ports) {
            if (!(port.targetPort() instanceof TargetPort.Named(String name))) {
                continue;
            }
            List<PodSeen> lacking = live.stream()
                    .filter(pod -> pod.pod().containerPorts().stream()
                            .noneMatch(one -> one.name().equals(name) && one.protocol() == port.protocol()))
                    .toList();
            if (!lacking.isEmpty()) {
                lacking(port, name, lacking, live.size());
            }
        }
    }

    private void lacking(ServicePort port, String name, List<PodSeen> lacking, int all) {
        PodSeen one = lacking.getFirst();
        boolean nobody = lacking.size() == all;
        String which = Words.share(lacking.size(), all, "pod");
        List<Pod.ContainerPort> declared = one.pod().containerPorts();
        List<Pod.ContainerPort> otherwise =
                declared.stream().filter(each -> each.name().equals(name)).toList();
        if (!otherwise.isEmpty()) {
            examination.tell(
                    nobody,
                    Kind.PORT_PROTOCOL,
                    "the Service's " + Described.portName(port) + " is " + port.protocol() + ", but the port named "
                            + name + " is " + otherwise.getFirst().protocol() + " in " + which + " ("
                            + Words.some(lacking.stream().map(PodSeen::name).toList()) + ")",
                    "the same protocol on both sides",
                    "set the protocol of the Service port to "
                            + otherwise.getFirst().protocol() + ", or that of the container port to "
                            + port.protocol());
            return;
        }
        String have = declared.isEmpty()
                ? "no ports at all"
                : declared.stream()
                        .map(each -> each.name().isEmpty() ? Integer.toString(each.port()) : each.name())
                        .collect(Collectors.joining(", "));
        examination.tell(
                nobody,
                Kind.NAMED_PORT_MISSING,
                "targetPort " + name + " of " + Described.portName(port) + " is no port of " + which + " ("
                        + Words.some(lacking.stream().map(PodSeen::name).toList()) + "); "
                        + (lacking.size() == 1 ? "it has " : "they have ") + have,
                "a container port named " + name + " in every pod",
                Nearness.nearest(
                                name,
                                declared.stream().map(Pod.ContainerPort::name).toList())
                        .map(near -> "set targetPort to " + near)
                        .orElse("give the port that name in the pods, or set targetPort to a number"));
    }

    private void behind() {
        Set<String> written = new TreeSet<>();
        slices.stream()
                .flatMap(slice -> slice.endpoints().stream())
                .filter(Endpoint::ready)
                .forEach(endpoint -> written.addAll(endpoint.addresses()));
        List<String> late = new ArrayList<>();
        for (PodSeen seen : evidence.pods()) {
            boolean takes = takes(seen.pod());
            boolean said = seen.pod().podIps().stream()
                    .filter(address -> families().contains(address.family()))
                    .anyMatch(address -> written.contains(address.toString()));
            if (takes != said && !seen.pod().podIps().isEmpty()) {
                late.add(seen.name());
            }
        }
        if (late.isEmpty() || recent()) {
            return;
        }
        examination.tell(
                written.isEmpty(),
                Kind.SLICES_BEHIND,
                "the EndpointSlices do not say what " + Words.count(late.size(), "pod") + " " + Words.be(late.size())
                        + " (" + Words.some(late) + "), though nothing has changed for " + PATIENCE.toSeconds() + " s",
                "slices that the slice controller keeps after the pods",
                "see whether the controllers run; they may be overloaded or not allowed to write");
    }

    /** Whether a pod is an endpoint that takes new traffic. */
    private boolean takes(Pod pod) {
        boolean known =
                evidence.nodes().stream().anyMatch(node -> node.node().name().equals(pod.nodeName()));
        return !pod.terminal()
                && (service.publishNotReadyAddresses()
                        || known && pod.ready() && !pod.meta().deleting());
    }

    private List<IpFamily> families() {
        return service.ipFamilies().isEmpty() ? List.of(IpFamily.IPV4) : service.ipFamilies();
    }

    private boolean recent() {
        Instant limit = evidence.now().minus(PATIENCE);
        return after(service.meta().creationTimestamp(), limit)
                || evidence.pods().stream()
                        .anyMatch(pod -> after(pod.pod().readySince(), limit)
                                || after(pod.pod().meta().creationTimestamp(), limit)
                                || after(pod.pod().meta().deletionTimestamp(), limit));
    }

    private static boolean after(@Nullable Instant time, Instant limit) {
        return time != null && time.isAfter(limit);
    }

    private void handMade() {
        if (slices.isEmpty()) {
            withoutSlices();
            return;
        }
        for (ServicePort port : ports) {
            boolean matched = slices.stream()
                    .flatMap(slice -> slice.ports().stream())
                    .anyMatch(one -> one.name().equals(port.name()) && one.protocol() == port.protocol());
            if (!matched) {
                String have = slices.stream()
                        .flatMap(slice -> slice.ports().stream())
                        .map(SliceCheck::named)
                        .distinct()
                        .collect(Collectors.joining(", "));
                examination.tell(
                        ports.size() == 1,
                        Kind.SLICE_PORT_MISMATCH,
                        "no slice has " + named(new EndpointPort(port.name(), port.protocol(), 0, null)) + "; there "
                                + (have.isEmpty() ? "is no port at all" : "is " + have),
                        "slices whose port has the name and protocol of the Service's",
                        "give the port of the EndpointSlice that name and protocol; its number may differ");
            }
        }
        if (Described.ready(slices) == 0) {
            examination.breaks(
                    Kind.ENDPOINTS_EMPTY,
                    "the hand-made slices "
                            + Words.some(slices.stream()
                                    .map(slice -> slice.meta().name())
                                    .toList()) + " have no ready endpoint",
                    "at least one endpoint with condition ready",
                    "add addresses to the slice");
        }
    }

    private static String named(EndpointPort port) {
        return (port.name().isEmpty() ? "a port without name" : "a port named " + port.name()) + " (" + port.protocol()
                + ")";
    }

    private void withoutSlices() {
        int handMade = evidence.slices().handMade();
        List<EndpointSlice> strays = evidence.slices().unlabelled();
        String name = service.name().name();
        List<EndpointSlice> meant = strays.stream()
                .filter(slice -> slice.meta().name().startsWith(name) || strays.size() == 1)
                .toList();
        if (!meant.isEmpty()) {
            EndpointSlice stray = meant.getFirst();
            examination.breaks(
                    Kind.SLICE_WITHOUT_LABEL,
                    "EndpointSlice " + stray.meta().name() + " has no label " + EndpointSlice.SERVICE_NAME
                            + ", so it belongs to no Service",
                    "the label " + EndpointSlice.SERVICE_NAME + "=" + name,
                    "kubectl " + Examination.kubectl(service.name()) + "label endpointslice "
                            + stray.meta().name() + " " + EndpointSlice.SERVICE_NAME + "=" + name);
        } else if (handMade == 0) {
            examination.breaks(
                    Kind.ENDPOINTS_EMPTY,
                    "the Endpoints object " + name + " has no addresses",
                    "addresses in its subsets",
                    "write the addresses into it, or better into an EndpointSlice");
        } else if (handMade > 0) {
            examination.breaks(
                    Kind.SLICES_BEHIND,
                    "the Endpoints object " + name + " has " + Words.count(handMade, "address")
                            + ", but no slice mirrors it",
                    "slices that the mirroring controller keeps after it",
                    "see whether it carries the label endpointslice.kubernetes.io/skip-mirror; or write an EndpointSlice");
        } else {
            examination.breaks(
                    Kind.NO_ENDPOINTS_MADE,
                    "the Service has no selector, and nobody has written endpoints for it",
                    "an EndpointSlice with the label " + EndpointSlice.SERVICE_NAME + "=" + name,
                    "add spec.selector, or write an EndpointSlice with that label");
        }
    }
}
