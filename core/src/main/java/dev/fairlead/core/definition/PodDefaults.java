// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import java.util.List;
import java.util.Map;

/** Fills in what a pod's author left out, in a pod and in the template of a workload. */
final class PodDefaults {
    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");
    private static final List<String> SOURCES_WITH_MODE = List.of("secret", "configMap", "projected", "downwardAPI");

    private PodDefaults() {}

    static Map<String, Object> defaulted(Map<String, Object> pod) {
        Draft draft = Draft.copyOf(pod);
        Draft spec = draft.child("spec");
        spec(spec);
        spec.fill("enableServiceLinks", true);
        return draft.tree();
    }

    /** The specification of a pod or of a template. */
    static void spec(Draft spec) {
        spec.fillText("restartPolicy", "Always")
                .fillText("dnsPolicy", "ClusterFirst")
                .fillText("schedulerName", "default-scheduler")
                .fill("terminationGracePeriodSeconds", 30L);
        spec.child("securityContext");
        spec.children("containers").forEach(PodDefaults::container);
        spec.children("initContainers").forEach(PodDefaults::container);
        spec.children("volumes").forEach(PodDefaults::volume);
    }

    private static void container(Draft container) {
        container
                .fillText("imagePullPolicy", pullPolicy(container.view().text("image", "")))
                .fillText("terminationMessagePath", "/dev/termination-log")
                .fillText("terminationMessagePolicy", "File");
        requests(container.child("resources"));
        container.children("ports").forEach(port -> port.fillText("protocol", "TCP"));
        PROBES.forEach(probe -> probe(container, probe));
        for (Draft variable : container.children("env")) {
            Draft source = variable.existing("valueFrom");
            if (source.has("fieldRef")) {
                source.existing("fieldRef").fillText("apiVersion", "v1");
            }
        }
        Draft lifecycle = container.existing("lifecycle");
        httpGet(lifecycle.existing("postStart"));
        httpGet(lifecycle.existing("preStop"));
    }

    /** Amounts are texts, also when written as numbers; a limit without a request is a request of the same amount. */
    private static void requests(Draft resources) {
        for (String part : List.of("limits", "requests")) {
            Draft amounts = resources.existing(part);
            amounts.tree().replaceAll((resource, amount) -> amount instanceof Number ? amount.toString() : amount);
        }
        resources
                .view()
                .tree("limits")
                .fields()
                .forEach((resource, amount) -> resources.child("requests").fill(resource, amount));
    }

    private static void probe(Draft container, String name) {
        if (!container.has(name)) {
            return;
        }
        Draft probe = container.existing(name);
        probe.fillNumber("timeoutSeconds", 1)
                .fillNumber("periodSeconds", 10)
                .fillNumber("successThreshold", 1)
                .fillNumber("failureThreshold", 3);
        httpGet(probe);
        if (probe.has("grpc")) {
            probe.existing("grpc").fill("service", "");
        }
    }

    private static void httpGet(Draft handler) {
        if (handler.has("httpGet")) {
            handler.existing("httpGet").fillText("path", "/").fillText("scheme", "HTTP");
        }
    }

    /** An image without a tag, or with the tag latest, may change behind its name. */
    private static String pullPolicy(String image) {
        int digest = image.indexOf('@');
        String name = image.substring(image.lastIndexOf('/') + 1);
        int tag = name.indexOf(':');
        boolean moving = tag < 0 ? digest < 0 : name.substring(tag + 1).equals("latest");
        return moving && !image.isEmpty() ? "Always" : "IfNotPresent";
    }

    private static void volume(Draft volume) {
        if (volume.tree().size() == 1 && volume.has("name")) {
            volume.child("emptyDir");
        }
        for (String source : SOURCES_WITH_MODE) {
            if (volume.has(source)) {
                volume.existing(source).fill("defaultMode", 0644L);
            }
        }
        if (volume.has("hostPath")) {
            volume.existing("hostPath").fill("type", "");
        }
    }
}
