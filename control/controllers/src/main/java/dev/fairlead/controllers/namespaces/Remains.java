// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.namespaces;

import dev.fairlead.core.definition.Condition;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one look at a namespace that ends still found in it, and the conditions that tell so, with Kubernetes' reasons and
 * messages: {@code kubectl describe namespace} shows them to whoever waits for its end. All kinds are known here without
 * asking anybody, so that they are found never fails.
 */
final class Remains {
    private static final Condition DISCOVERED = condition(
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered");
    private static final Condition PARSED = condition(
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed");

    private final List<String> objects = new ArrayList<>();
    private final Map<String, Integer> finalizers = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    /** Notes what is left of a kind. */
    void left(Resource kind, Collection<Tree> left) {
        if (!left.isEmpty()) {
            objects.add(kind.plural() + "." + kind.group() + " has " + left.size() + " resource instances");
        }
        for (Tree object : left) {
            object.tree("metadata").texts("finalizers").forEach(name -> finalizers.merge(name, 1, Integer::sum));
        }
    }

    /** Notes that objects of a kind could not be deleted. */
    void failed(String why) {
        failures.add(why);
    }

    /** What is left, in words; empty when nothing is. */
    String text() {
        return joined(Stream.concat(objects.stream(), failures.stream()).toList());
    }

    /** The conditions that tell this, after those of {@code before}, which keep their times where nothing changed. */
    List<Condition> conditions(List<Condition> before, Instant now) {
        Map<String, Condition> all = new LinkedHashMap<>();
        before.forEach(condition -> all.put(condition.type(), condition));
        for (Condition wanted : List.of(DISCOVERED, PARSED, failure(), content(), finalizers())) {
            all.merge(wanted.type(), at(wanted, now.truncatedTo(ChronoUnit.SECONDS)), Remains::changed);
        }
        return List.copyOf(all.values());
    }

    private Condition failure() {
        String type = "NamespaceDeletionContentFailure";
        return failures.isEmpty()
                ? condition(
                        type,
                        "False",
                        "ContentDeleted",
                        "All content successfully deleted, may be waiting on finalization")
                : condition(
                        type,
                        "True",
                        "ContentDeletionFailed",
                        "Failed to delete all resource types, " + failures.size() + " remaining: " + joined(failures));
    }

    private Condition content() {
        String type = "NamespaceContentRemaining";
        return objects.isEmpty()
                ? condition(type, "False", "ContentRemoved", "All content successfully removed")
                : condition(type, "True", "SomeResourcesRemain", "Some resources are remaining: " + joined(objects));
    }

    private Condition finalizers() {
        String type = "NamespaceFinalizersRemaining";
        if (finalizers.isEmpty()) {
            return condition(type, "False", "ContentHasNoFinalizers", "All content-preserving finalizers finished");
        }
        List<String> counted = new ArrayList<>();
        finalizers.forEach((name, count) -> counted.add(name + " in " + count + " resource instances"));
        return condition(
                type,
                "True",
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: " + joined(counted));
    }

    private static String joined(List<String> texts) {
        return String.join(", ", texts.stream().sorted().toList());
    }

    private static Condition changed(Condition before, Condition now) {
        boolean turned = !before.status().equals(now.status());
        return turned || before.lastTransitionTime() == null ? now : at(now, before.lastTransitionTime());
    }

    private static Condition at(Condition condition, Instant since) {
        return new Condition(
                condition.type(), condition.status(), condition.reason(), condition.message(), since, null);
    }

    private static Condition condition(String type, String status, String reason, String message) {
        return new Condition(type, status, reason, message, null, null);
    }
}
