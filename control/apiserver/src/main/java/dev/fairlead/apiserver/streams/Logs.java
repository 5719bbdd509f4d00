// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.store.Store;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The logs of pods, by way of their nodes. */
public record Logs(Store store, NodeDoor nodes) {
    /** The log of one container. */
    public Reply answer(Target target, Query query) throws InterruptedException {
        PodContainer container = PodContainer.of(store, target, query.text("container"));
        Map<String, String> options = new LinkedHashMap<>();
        query.values().forEach((name, values) -> options.put(name, values.getFirst()));
        return read(target, container, options);
    }

    Reply read(Target target, PodContainer container, Map<String, String> options) throws InterruptedException {
        try {
            return nodes.logs(container.pod(), container.name(), options);
        } catch (IOException e) {
            throw Refusal.internal("the node of pod " + target.name() + " cannot be reached: " + e.getMessage());
        }
    }
}
