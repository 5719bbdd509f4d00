// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.json.Json;
import java.util.List;
import java.util.stream.Stream;

/**
 * The container that a request about a pod means.
 *
 * @param pod the stored Pod, JSON
 * @param name one of the pod's containers
 */
@SuppressWarnings("ArrayRecordComponent") // bytes travel as they are, nobody compares these
record PodContainer(byte[] pod, String name) {
    /** @throws Refusal when there is no such pod or container, or the pod has no node yet */
    static PodContainer of(Store store, Target target, String asked) {
        byte[] pod = pod(store, target);
        return new PodContainer(pod, container(target, new Tree(Json.object(pod)).tree("spec"), asked));
    }

    /** The pod alone, which has a node. */
    static byte[] pod(Store store, Target target) {
        Entry entry = store.get(target.key()).orElseThrow(() -> Refusal.notFound(target.resource(), target.name()));
        if (new Tree(Json.object(entry.value()))
                .tree("spec")
                .text("nodeName", "")
                .isEmpty()) {
            throw Refusal.badRequest("pod " + target.name() + " does not have a host assigned");
        }
        return entry.value();
    }

    private static String container(Target target, Tree spec, String asked) {
        List<String> names = Stream.concat(spec.trees("containers").stream(), spec.trees("initContainers").stream())
                .map(container -> container.text("name", ""))
                .toList();
        if (asked.isEmpty()) {
            if (spec.trees("containers").size() == 1) {
                return names.getFirst();
            }
            throw Refusal.badRequest("a container name must be specified for pod " + target.name()
                    + ", choose one of: [" + String.join(" ", names) + "]");
        }
        if (!names.contains(asked)) {
            throw Refusal.badRequest("container " + asked + " is not valid for pod " + target.name());
        }
        return asked;
    }
}
