// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.ServicePort;
import dev.fairlead.core.definition.ServiceType;
import dev.fairlead.core.definition.TargetPort;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Question.Target;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the Service says, and whether that is what the question takes it to say. */
final class Definitions {
    /** Somebody else's proxy serves a Service with this label. */
    private static final String PROTOCOLS = "fairlead.dev/ProtocolsCarried";

    private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";

    private final Examination examination;
    private final Question question;
    private final Service service;

    Definitions(Examination examination, Service service) {
        this.examination = examination;
        this.question = examination.evidence().question();
        this.service = service;
    }

    /** The ports that the question is about; all of them if it names one that there is not. */
    List<ServicePort> asked() {
        List<ServicePort> asked = service.ports().stream()
                .filter(port -> matches(port, question.port()) && matches(port, question.target()))
                .toList();
        return asked.isEmpty() ? service.ports() : asked;
    }

    private static boolean matches(ServicePort port, String wanted) {
        return wanted.isEmpty()
                || port.name().equals(wanted)
                || Integer.toString(port.port()).equals(wanted);
    }

    private boolean matches(ServicePort port, Target target) {
        return switch (target) {
            case Target.Named _ -> true;
            case Target.NodePort(int number) -> port.nodePort() == number;
            case Target.At(IpAddress address, int number) ->
                number == 0 || (virtual(address) ? port.port() : port.nodePort()) == number;
        };
    }

    /** Whether an address belongs to the Service itself rather than to a node. */
    private boolean virtual(IpAddress address) {
        return service.clusterIps().contains(address)
                || service.externalIps().contains(address)
                || service.ingress().stream()
                        .anyMatch(
                                ingress -> ingress.ip().filter(address::equals).isPresent());
    }

    void look() {
        if (service.meta().deleting()) {
            examination.impairs(
                    Kind.BEING_DELETED,
                    "the Service is being deleted" + finalizers(),
                    "a Service that stays",
                    "wait for the deletion and apply the Service again");
        }
        notCarried();
        if (service.meta().labels().containsKey(OTHER_PROXY)) {
            examination.breaks(
                    Kind.OTHER_PROXY,
                    "label " + OTHER_PROXY + "=" + service.meta().labels().get(OTHER_PROXY)
                            + " hands the Service to another proxy",
                    "no such label",
                    "remove the label, or look at that proxy");
        }
        externalName();
        headless();
        ports();
        nodePortAddress();
        if (question.from() != null && examination.evidence().client() == null) {
            examination.impairs(
                    Kind.NO_SUCH_CLIENT,
                    "there is no pod " + question.from() + ", from which the question is asked",
                    "a pod that is there",
                    "name one of kubectl " + Examination.kubectl(question.from()) + "get pods");
        }
        examination.step(
                Stage.DEFINITION,
                Described.definition(service, service.ports()),
                "a Service that can be used the way it is asked about");
    }

    private String finalizers() {
        List<String> finalizers = service.meta().finalizers();
        return finalizers.isEmpty() ? "" : "; it waits for " + String.join(", ", finalizers);
    }

    private void externalName() {
        if (service.type() != ServiceType.EXTERNAL_NAME) {
            return;
        }
        if (IpAddress.parse(service.externalName()).isPresent()) {
            examination.breaks(
                    Kind.EXTERNAL_NAME_ADDRESS,
                    "externalName is the address " + service.externalName() + "; DNS answers it as a name",
                    "a host name",
                    "use a Service without selector and an EndpointSlice with this address instead");
        }
        if (!service.ports().isEmpty()) {
            String ports = service.ports().stream()
                    .map(port -> Integer.toString(port.port()))
                    .collect(Collectors.joining(", "));
            examination.breaks(
                    Kind.EXTERNAL_NAME_PORTS,
                    "an ExternalName Service is only another name for " + service.externalName() + "; its "
                            + (service.ports().size() == 1 ? "port " : "ports ") + ports + " "
                            + Words.be(service.ports().size()) + " not translated",
                    "clients that use the port on which " + service.externalName() + " itself answers",
                    "remove spec.ports, and use that port in clients; to translate ports, use a Service without"
                            + " selector and an EndpointSlice");
        }
    }

    private void headless() {
        if (!service.headless()) {
            return;
        }
        for (ServicePort port : asked()) {
            if (port.targetPort() instanceof TargetPort.Numbered(int target) && target != port.port()) {
                examination.breaks(
                        Kind.HEADLESS_PORT,
                        "the Service is headless: its name leads to the pods themselves, so clients that use port "
                                + port.port() + " find nobody; the pods are asked to listen on " + target,
                        "clients that use port " + target + ", or the SRV record of the port",
                        "use port " + target + " in clients, or remove clusterIP: None so that the Service has an"
                                + " address at which " + port.port() + " is translated");
            }
        }
    }

    private void ports() {
        boolean byName = !question.port().isEmpty()
                && service.ports().stream().noneMatch(port -> matches(port, question.port()));
        String wanted = byName ? question.port() : "";
        if (question.target() instanceof Target.At(IpAddress address, int number)
                && number != 0
                && virtual(address)
                && service.ports().stream().noneMatch(port -> port.port() == number)) {
            wanted = Integer.toString(number);
        }
        if (!wanted.isEmpty() && service.type() != ServiceType.EXTERNAL_NAME) {
            examination.breaks(
                    Kind.NO_SUCH_PORT,
                    "the Service has no port " + wanted + "; it has "
                            + service.ports().stream().map(Described::port).collect(Collectors.joining(", ")),
                    "a port of the Service",
                    "use one of these ports in clients, or add port " + wanted + " to spec.ports");
        }
    }

    private void nodePortAddress() {
        if (!(question.target() instanceof Target.At(IpAddress address, int number)) || virtual(address)) {
            return;
        }
        List<IpAddress> open = examination.evidence().nodes().stream()
                .flatMap(this::nodePortAddresses)
                .distinct()
                .toList();
        if (!open.contains(address)) {
            examination.breaks(
                    Kind.NODE_PORT_ADDRESS,
                    "node port " + number + " is not open at " + address + "; nodes open node ports at "
                            + Words.some(open),
                    "an address at which nodes accept node ports",
                    "use " + (open.isEmpty() ? "a node's address" : Words.at(open.getFirst(), number))
                            + ", or let the node accept node ports at " + address);
        }
    }

    /** Ports of a protocol that the nodes do not carry: what pods do makes no difference then. */
    private void notCarried() {
        List<ServicePort> asked = asked();
        List<ServicePort> sctp =
                asked.stream().filter(port -> port.protocol() == Protocol.SCTP).toList();
        if (sctp.isEmpty()) {
            return;
        }
        Instant now = examination.evidence().now();
        Evidence.ServiceSeen seen = examination.evidence().service();
        Stream<String> said = (seen == null ? List.<Condition>of() : seen.conditions())
                .stream()
                        .filter(condition -> condition.type().equals(PROTOCOLS) && !condition.isTrue())
                        .map(Condition::message);
        Stream<String> heard = examination.evidence().nodes().stream()
                .map(node -> node.about(service.name(), now))
                .filter(Objects::nonNull)
                .flatMap(report -> report.frontends().stream())
                .map(NodeReport.Served::problem)
                .filter(problem -> problem.contains("SCTP"));
        Stream.concat(said, heard)
                .findFirst()
                .ifPresent(why -> examination.tell(
                        sctp.size() == asked.size(),
                        Kind.PROTOCOL_NOT_CARRIED,
                        "port " + sctp.stream().map(Described::port).collect(Collectors.joining(", "))
                                + " is accepted, but carries no traffic: " + why,
                        "a protocol that the nodes carry",
                        "use TCP or UDP; the Service's other ports and its name work"));
    }

    /** Where a node accepts node ports: as it says, else as is usual. */
    private Stream<IpAddress> nodePortAddresses(NodeSeen node) {
        NodeReport report = node.about(service.name(), examination.evidence().now());
        return report == null ? node.node().internalIps().stream().limit(1) : report.nodePortAddresses().stream();
    }
}
