// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.explain;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.core.explain.Evidence.Around;
import dev.fairlead.core.explain.Evidence.Labelled;
import dev.fairlead.core.explain.Evidence.Relabelled;
import dev.fairlead.core.explain.Evidence.Workload;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is near a Service whose selector matches nothing. */
final class Neighbours {
    private final Scan scan;
    private final Resource pods;
    private final List<Resource> makers;

    Neighbours(Scan scan, Kinds kinds) {
        this.scan = scan;
        pods = kinds.require("v1", "Pod");
        makers = List.of(kinds.require("apps/v1", "Deployment"), kinds.require("apps/v1", "ReplicaSet"));
    }

    Around of(Service service) throws InterruptedException {
        Map<String, String> selector = service.selector();
        if (selector == null) {
            return Around.NOTHING;
        }
        String namespace = service.name().namespace();
        List<Labelled> own = new ArrayList<>();
        String here = pods.prefix(namespace);
        scan.labels(here).forEach((labels, count) -> own.add(new Labelled(labels, count)));
        List<ObjectName> elsewhere = scan.labelledOutside(pods.prefix(null), here, selector).stream()
                .map(pod -> pod.tree("metadata"))
                .map(meta -> new ObjectName(meta.text("namespace", ""), meta.text("name", "")))
                .toList();
        List<Workload> workloads =
                makers.stream().flatMap(kind -> workloads(kind, namespace)).toList();
        return new Around(own, workloads, elsewhere, relabelled(namespace, selector));
    }

    private List<Relabelled> relabelled(String namespace, Map<String, String> selector) throws InterruptedException {
        return scan.onceLabelled(pods.prefix(namespace), selector).stream()
                .map(key -> scan.get(key).tree("metadata"))
                .map(meta -> new Relabelled(meta.text("name", ""), meta.textMap("labels")))
                .toList();
    }

    private Stream<Workload> workloads(Resource kind, String namespace) {
        return scan.all(kind.prefix(namespace)).stream().map((Tree object) -> Workload.from(kind.kind(), object));
    }
}
