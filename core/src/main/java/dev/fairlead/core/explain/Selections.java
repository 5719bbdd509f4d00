// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Service;
import dev.fairlead.core.explain.Cause.Kind;
import dev.fairlead.core.explain.Evidence.Relabelled;
import dev.fairlead.core.explain.Evidence.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which pods the selector matches, and if none, what it should have been. */
final class Selections {
    private final Examination examination;
    private final Evidence evidence;
    private final Service service;

    Selections(Examination examination, Service service) {
        this.examination = examination;
        this.evidence = examination.evidence();
        this.service = service;
    }

    void look() {
        Map<String, String> selector = service.selector();
        if (selector == null) {
            examination.skip(Stage.SELECTION, "no selector: somebody writes its endpoints by hand");
            return;
        }
        int count = evidence.pods().size();
        if (count > 0) {
            examination.ok(Stage.SELECTION, Words.labels(selector) + " matches " + Words.count(count, "pod"));
            return;
        }
        nothing(selector);
        int others = evidence.around().count();
        examination.fault(
                Stage.SELECTION,
                Words.labels(selector) + " matches no pod; namespace "
                        + service.name().namespace() + " has "
                        + (others == 0 ? "none at all" : Words.count(others, "other pod")),
                "at least one pod with these labels");
    }

    private void nothing(Map<String, String> selector) {
        String labels = Words.labels(selector);
        String start = NearMiss.nothing(selector);
        String expected = "a pod in namespace " + service.name().namespace() + " with the labels " + labels;
        Optional<Workload> maker = makers(selector).stream()
                .filter(workload -> workload.kind().equals("Deployment"))
                .findFirst();
        if (maker.isPresent()) {
            String name = maker.get().kind() + " " + maker.get().name();
            examination.breaks(
                    Kind.NO_REPLICAS,
                    start + "; " + name + " would make such pods"
                            + (maker.get().replicas() == 0 ? ", but is scaled to 0" : ", but has made none yet"),
                    expected,
                    maker.get().replicas() == 0
                            ? "kubectl " + Examination.kubectl(service.name()) + "scale deployment "
                                    + maker.get().name() + " --replicas=1"
                            : "see why: kubectl " + Examination.kubectl(service.name()) + "describe deployment "
                                    + maker.get().name());
            return;
        }
        NearMiss miss = NearMiss.of(
                selector, service.name().namespace(), evidence.around().pods());
        List<Workload> before = makers(selector);
        if (!evidence.around().relabelled().isEmpty()) {
            relabelled(selector, evidence.around().relabelled());
        } else if (miss.slip()) {
            examination.breaks(Kind.SELECTOR_TYPO, miss.sentence(), expected, "set spec.selector to " + miss.meant());
        } else if (!before.isEmpty()) {
            examination.breaks(
                    Kind.LABELS_CHANGED,
                    start + " any more; " + before.getFirst().kind() + " "
                            + before.getFirst().name() + " made such pods, but "
                            + (before.getFirst().replicas() == 0 ? "is scaled to 0" : "they have other labels now")
                            + (miss.closest() ? "; " + miss.instead() : ""),
                    expected,
                    miss.closest()
                            ? "set spec.selector to " + miss.meant() + ", or give the pods their old labels back"
                            : "give the pods their old labels back");
        } else if (!evidence.around().elsewhere().isEmpty()) {
            var found = evidence.around().elsewhere();
            examination.breaks(
                    Kind.PODS_ELSEWHERE,
                    start + " in namespace " + service.name().namespace() + "; "
                            + Words.count(found.size(), "pod") + " with these labels " + Words.be(found.size())
                            + " in namespace " + found.getFirst().namespace(),
                    expected + ": a Service selects pods of its own namespace only",
                    "make the Service in namespace " + found.getFirst().namespace());
        } else {
            examination.breaks(
                    Kind.NO_POD_MATCHES,
                    miss.sentence(),
                    expected,
                    miss.closest()
                            ? "set spec.selector to " + miss.meant()
                                    + " if these pods are meant, or give pods the labels " + labels
                            : "start pods with the labels " + labels
                                    + ", or set spec.selector to labels that pods have");
        }
    }

    private void relabelled(Map<String, String> selector, List<Relabelled> pods) {
        Relabelled one = pods.getFirst();
        String now = selector.entrySet().stream()
                .filter(label -> !label.getValue().equals(one.labels().get(label.getKey())))
                .map(label -> one.labels().containsKey(label.getKey())
                        ? label.getKey() + "=" + one.labels().get(label.getKey())
                        : "no label " + label.getKey())
                .collect(Collectors.joining(" and "));
        String labels = Words.labels(selector);
        examination.breaks(
                Kind.LABELS_CHANGED,
                NearMiss.nothing(selector) + " any more; "
                        + Words.some(pods.stream().map(Relabelled::pod).toList())
                        + " had these labels until they were changed: " + one.pod() + " now has " + now,
                "a pod in namespace " + service.name().namespace() + " with the labels " + labels,
                "kubectl " + Examination.kubectl(service.name()) + "label --overwrite pod " + one.pod() + " "
                        + labels.replace(',', ' ') + ", or change spec.selector");
    }

    private List<Workload> makers(Map<String, String> selector) {
        return evidence.around().workloads().stream()
                .filter(workload -> workload.labels().entrySet().containsAll(selector.entrySet()))
                .toList();
    }
}
