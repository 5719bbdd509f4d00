// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.streams;

import dev.fairlead.apiserver.NodeDoor;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.store.Store;
import dev.fairlead.wire.exchange.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The logs of pods, by way of their nodes. */
public record Logs(Store store, NodeDoor nodes) {
    private static final Set<String> TRUTHS = Set.of("follow", "previous", "timestamps");

    /** The log of one container. */
    public Reply answer(Target target, Query query) throws InterruptedException {
        List<Invalid> wrong = wrong(query);
        if (!wrong.isEmpty()) {
            throw Refusal.invalid("", "PodLogOptions", target.name(), wrong);
        }
        PodContainer container = PodContainer.of(store, target, query.text("container"));
        Map<String, String> options = new LinkedHashMap<>();
        query.values()
                .forEach((name, values) -> options.put(
                        name, TRUTHS.contains(name) ? String.valueOf(query.truth(name)) : values.getFirst()));
        return read(target, container, options);
    }

    /** What Kubernetes' {@code ValidatePodLogOptions} refuses. */
    private static List<Invalid> wrong(Query query) {
        List<Invalid> wrong = new ArrayList<>();
        Long lines = query.whole("tailLines");
        if (lines != null && lines < 0) {
            wrong.add(Invalid.invalid("tailLines", lines, "must be greater than or equal to 0"));
        }
        Long bytes = query.whole("limitBytes");
        if (bytes != null && bytes < 1) {
            wrong.add(Invalid.invalid("limitBytes", bytes, "must be greater than 0"));
        }
        Long seconds = query.whole("sinceSeconds");
        if (seconds != null && query.given("sinceTime")) {
            wrong.add(Invalid.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        } else if (seconds != null && seconds < 1) {
            wrong.add(Invalid.invalid("sinceSeconds", seconds, "must be greater than 0"));
        }
        return wrong;
    }

    Reply read(Target target, PodContainer container, Map<String, String> options) throws InterruptedException {
        try {
            return nodes.logs(container.pod(), container.name(), options);
        } catch (IOException e) {
            throw Refusal.internal("the node of pod " + target.name() + " cannot be reached: " + e.getMessage());
        }
    }
}
