// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Store;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The logs of pods, by way of their nodes. */
record Logs(Store store, NodeDoor nodes) {
    Reply answer(Target target, Query query) throws InterruptedException {
        Entry entry = store.get(target.key()).orElseThrow(() -> Refusal.notFound(target.resource(), target.name()));
        Tree pod = new Tree(Json.object(entry.value()));
        String container = container(target, pod, query.text("container"));
        if (pod.tree("spec").text("nodeName", "").isEmpty()) {
            throw Refusal.badRequest("pod " + target.name() + " does not have a host assigned");
        }
        Map<String, String> options = new LinkedHashMap<>();
        query.values().forEach((name, values) -> options.put(name, values.getFirst()));
        try {
            return nodes.logs(entry.value(), container, options);
        } catch (IOException e) {
            throw Refusal.internal("the node of pod " + target.name() + " cannot be reached: " + e.getMessage());
        }
    }

    private static String container(Target target, Tree pod, String asked) {
        Tree spec = pod.tree("spec");
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
