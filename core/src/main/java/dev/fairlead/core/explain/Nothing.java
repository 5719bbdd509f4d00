// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Question.Target;
import java.util.List;

/** What to say when there is no Service behind the question. */
final class Nothing {
    private final Examination examination;
    private final Evidence evidence;

    Nothing(Examination examination) {
        this.examination = examination;
        this.evidence = examination.evidence();
    }

    void look() {
        switch (evidence.question().target()) {
            case Target.Named(ObjectName name) -> named(name);
            case Target.At at -> at(at);
            case Target.NodePort(int port) ->
                tell(
                        "no Service has node port " + port,
                        "a Service of type NodePort or LoadBalancer with nodePort " + port,
                        "see the ports there are: kubectl get services -A");
        }
    }

    private void named(ObjectName name) {
        List<ObjectName> namesakes = evidence.namesakes();
        if (!namesakes.isEmpty()) {
            ObjectName first = namesakes.getFirst();
            examination.breaks(
                    Kind.WRONG_NAMESPACE,
                    "there is no Service " + name.name() + " in namespace " + name.namespace() + "; there is one in "
                            + Words.some(namesakes.stream()
                                    .map(ObjectName::namespace)
                                    .toList()),
                    "a Service " + name,
                    "use the name " + first.name() + "." + first.namespace() + " from pods of namespace "
                            + name.namespace() + ", and -n " + first.namespace() + " on the command line");
            return;
        }
        String advice = Nearness.nearest(name.name(), evidence.siblings())
                .map(near -> "did you mean " + near + "?")
                .orElse(
                        evidence.siblings().isEmpty()
                                ? "there is no Service in namespace " + name.namespace() + "; apply one, or give -n"
                                : "there are " + Words.some(evidence.siblings()));
        examination.breaks(
                Kind.NO_SUCH_SERVICE,
                "there is no Service " + name.name() + " in namespace " + name.namespace() + ", nor in any other",
                "a Service " + name,
                advice);
    }

    private void at(Target.At at) {
        ObjectName pod = evidence.there();
        if (pod != null) {
            tell(
                    at.address() + " is the address of pod " + pod + ", not of a Service",
                    "the address of a Service",
                    "ask about the Service that selects this pod: kubectl " + Examination.kubectl(pod)
                            + "get services");
            return;
        }
        boolean node = evidence.nodes().stream()
                .anyMatch(one -> one.node().internalIps().contains(at.address()));
        if (node) {
            tell(
                    at.address() + " is a node's address, and no Service has node port " + at.port(),
                    "a Service of type NodePort or LoadBalancer with nodePort " + at.port(),
                    "see the ports there are: kubectl get services -A");
            return;
        }
        boolean inRange = evidence.ranges().stream()
                .flatMap(range -> range.cidrs().stream())
                .anyMatch(cidr -> cidr.contains(at.address()));
        tell(
                "no Service has the address " + at.address()
                        + (inRange ? ", though it is one of those for Services: what is sent there is dropped" : ""),
                "the address of a Service",
                "use the Service's name, which always leads to its address; the Service may have been made anew since");
    }

    private void tell(String found, String expected, String fix) {
        examination.breaks(Kind.NOTHING_AT_ADDRESS, found, expected, fix);
    }
}
