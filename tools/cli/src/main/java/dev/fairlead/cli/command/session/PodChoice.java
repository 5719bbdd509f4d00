// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** Finds the pod that is meant by {@code web-1}, {@code pod/web-1} or {@code deployment/web}. */
public final class PodChoice {
    private PodChoice() {}

    /** The pod; of the many of a workload one that is ready, and says which. */
    public static Tree of(String word, Session session, Consumer<String> say) throws IOException, InterruptedException {
        Resource pods = session.kinds().require("v1", "Pod");
        Subject subject =
                word.contains("/") ? Subject.of(List.of(word), session.kinds()).getFirst() : new Subject(pods, word);
        String name = subject.name() == null ? "" : subject.name();
        Resource resource = subject.resource();
        Tree object = session.ask(new Url(resource.path(session.namespaceOf(resource), Url.encode(name))));
        if (resource.equals(pods)) {
            return object;
        }
        String selector = selector(resource, object);
        if (selector.isEmpty()) {
            throw new Failure(
                    word + ": a " + resource.kind() + " without a selector has no pods of its own; name a pod");
        }
        List<Tree> found = new ArrayList<>(session.client()
                .list(pods, new Selection(session.namespace(), selector, ""))
                .items());
        if (found.isEmpty()) {
            throw new Failure(word + ": no pod in namespace " + session.namespace() + " has the labels " + selector);
        }
        found.sort(Comparator.comparing(PodChoice::isReady).reversed().thenComparing(pod -> name(pod)));
        if (found.size() > 1) {
            say.accept("Found " + found.size() + " pods, using pod/" + name(found.getFirst()));
        }
        return found.getFirst();
    }

    private static boolean isReady(Tree pod) {
        return pod.tree("status").trees("conditions").stream()
                .anyMatch(condition -> condition.text("type", "").equals("Ready")
                        && condition.text("status", "").equals("True"));
    }

    private static String name(Tree pod) {
        return pod.tree("metadata").text("name", "");
    }

    /** The selector of a workload or Service in the notation of queries. */
    private static String selector(Resource resource, Tree object) {
        List<String> terms = new ArrayList<>();
        if (resource.kind().equals("Service")) {
            object.tree("spec").textMap("selector").forEach((name, value) -> terms.add(name + "=" + value));
            return String.join(",", terms);
        }
        Tree selector = object.tree("spec").tree("selector");
        selector.textMap("matchLabels").forEach((name, value) -> terms.add(name + "=" + value));
        for (Tree expression : selector.trees("matchExpressions")) {
            String key = expression.text("key", "");
            String values = "(" + String.join(",", expression.texts("values")) + ")";
            terms.add(
                    switch (expression.text("operator", "")) {
                        case "In" -> key + " in " + values;
                        case "NotIn" -> key + " notin " + values;
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return String.join(",", terms);
    }
}
