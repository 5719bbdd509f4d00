// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.session.Nearest;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Finds Services whose selector matches nothing that is there or will be made: neither a pod nor what a Deployment or
 * ReplicaSet makes pods from. That is allowed, the pods may come later; but mostly it is a slip.
 */
public final class Unselected {
    private final Session session;
    private final Map<String, List<Map<String, String>>> labels = new HashMap<>();

    /** Looks at what is there now. */
    public Unselected(Session session) {
        this.session = session;
    }

    /** Warns of the manifest if it is such a Service. */
    public void warn(Manifest manifest, Consumer<String> warning) throws IOException, InterruptedException {
        Map<String, String> selector =
                new TreeMap<>(Tree.of(manifest.fields().get("spec")).textMap("selector"));
        if (!manifest.resource().qualified().equals("services") || selector.isEmpty()) {
            return;
        }
        List<Map<String, String>> there = there(manifest.namespace());
        if (there.stream().anyMatch(each -> each.entrySet().containsAll(selector.entrySet()))) {
            return;
        }
        Set<String> known = there.stream()
                .flatMap(each -> each.entrySet().stream())
                .map(Unselected::term)
                .collect(Collectors.toCollection(TreeSet::new));
        String slip = selector.entrySet().stream()
                .map(Unselected::term)
                .filter(term -> !known.contains(term))
                .findFirst()
                .orElse("");
        String advice = known.isEmpty() || slip.isEmpty()
                ? "the Service answers nobody until there is one"
                : Nearest.advice(slip, known, "labels there are ");
        String all = selector.entrySet().stream().map(Unselected::term).collect(Collectors.joining(","));
        warning.accept(manifest.at(
                "spec.selector",
                "spec.selector " + all + " matches no pod and no pod template in namespace " + manifest.namespace()
                        + "; " + advice));
    }

    private static String term(Map.Entry<String, String> label) {
        return label.getKey() + "=" + label.getValue();
    }

    private List<Map<String, String>> there(String namespace) throws IOException, InterruptedException {
        List<Map<String, String>> known = labels.get(namespace);
        if (known == null) {
            known = new ArrayList<>();
            for (Tree pod : items("v1", "Pod", namespace)) {
                known.add(pod.tree("metadata").textMap("labels"));
            }
            for (String kind : List.of("Deployment", "ReplicaSet")) {
                for (Tree workload : items("apps/v1", kind, namespace)) {
                    known.add(workload.tree("spec")
                            .tree("template")
                            .tree("metadata")
                            .textMap("labels"));
                }
            }
            labels.put(namespace, known);
        }
        return known;
    }

    private List<Tree> items(String version, String kind, String namespace) throws IOException, InterruptedException {
        Resource resource = session.kinds().require(version, kind);
        return session.ask(new Url(resource.path(namespace, null))).trees("items");
    }
}
