// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.select.LabelSelector;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ports of a pod that Services aim at by number: those of a pod that declares none. */
final class Aims {
    private Aims() {}

    /** The numbers, each once; none while the cluster is not there. */
    static List<Integer> at(Tree pod, @Nullable Parts parts) {
        if (parts == null) {
            return List.of();
        }
        Tree meta = pod.tree("metadata");
        Map<String, String> labels = meta.textMap("labels");
        try {
            return parts.client().list(Resources.SERVICES, Selection.in(meta.text("namespace", ""))).items().stream()
                    .map(service -> service.tree("spec"))
                    .filter(spec -> !spec.textMap("selector").isEmpty()
                            && LabelSelector.of(spec.textMap("selector")).matches(labels))
                    .flatMap(spec -> spec.trees("ports").stream())
                    .filter(port -> port.text("protocol", "TCP").equals("TCP"))
                    .map(port -> port.value("targetPort") instanceof Long number ? number : port.value("port"))
                    .filter(Long.class::isInstance)
                    .map(number -> ((Long) number).intValue())
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException unanswered) {
            return List.of();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
