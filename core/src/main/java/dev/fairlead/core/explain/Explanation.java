// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.definition.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Why a Service works or does not.
 *
 * @param subject what was asked about, in words: {@code Service shop/web}
 * @param verdict the sum of it
 * @param summary one sentence
 * @param causes what is wrong, the likeliest first; empty when all is well
 * @param steps the way from the definition to real connections
 */
public record Explanation(String subject, Verdict verdict, String summary, List<Cause> causes, List<Step> steps) {
    /** How things stand. */
    public enum Verdict {
        /** Nothing is wrong. */
        WELL,
        /** Some clients, pods or ports are concerned. */
        IMPAIRED,
        /** Nobody gets an answer. */
        BROKEN;

        /** A stable word for it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of a step. */
    public enum State {
        OK,
        FAULT,
        /** There was nothing to look at. */
        SKIPPED;

        /** A stable word for it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One stage of the way.
     *
     * @param found what is so
     * @param expected what would have to be so; empty when it is
     */
    public record Step(Stage stage, State state, String found, String expected) {}

    /** What follows from the evidence. */
    public static Explanation of(Evidence evidence) {
        return new Examination(evidence).explain();
    }

    /** The value tree that the API answers with. */
    public Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", "Explanation");
        tree.put("apiVersion", "fairlead.dev/v1");
        tree.put("subject", subject);
        tree.put("verdict", verdict.text());
        tree.put("summary", summary);
        tree.put("causes", causes.stream().map(Explanation::tree).toList());
        tree.put("steps", steps.stream().map(Explanation::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Cause cause) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("cause", cause.kind().word());
        tree.put("stage", cause.kind().stage().text());
        tree.put("breaks", cause.breaks());
        tree.put("found", cause.found());
        tree.put("expected", cause.expected());
        tree.put("fix", cause.fix());
        return tree;
    }

    private static Map<String, Object> tree(Step step) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("stage", step.stage.text());
        tree.put("state", step.state.text());
        tree.put("found", step.found);
        if (!step.expected.isEmpty()) {
            tree.put("expected", step.expected);
        }
        return tree;
    }

    /** Reads what {@link #tree} wrote. Causes and stages that this version does not know are left out. */
    public static Explanation from(Tree tree) {
        List<Cause> causes = new ArrayList<>();
        for (Tree cause : tree.trees("causes")) {
            for (Cause.Kind kind : Cause.Kind.values()) {
                if (kind.word().equals(cause.text("cause", ""))) {
                    causes.add(new Cause(
                            kind,
                            cause.truth("breaks", false),
                            cause.text("found", ""),
                            cause.text("expected", ""),
                            cause.text("fix", "")));
                }
            }
        }
        List<Step> steps = new ArrayList<>();
        for (Tree step : tree.trees("steps")) {
            for (Stage stage : Stage.values()) {
                if (stage.text().equals(step.text("stage", ""))) {
                    steps.add(new Step(stage, state(step), step.text("found", ""), step.text("expected", "")));
                }
            }
        }
        Verdict verdict = Verdict.BROKEN;
        for (Verdict candidate : Verdict.values()) {
            verdict = candidate.text().equals(tree.text("verdict", "")) ? candidate : verdict;
        }
        return new Explanation(
                tree.text("subject", ""), verdict, tree.text("summary", ""), List.copyOf(causes), List.copyOf(steps));
    }

    private static State state(Tree step) {
        return switch (step.text("state", "")) {
            case "ok" -> State.OK;
            case "fault" -> State.FAULT;
            default -> State.SKIPPED;
        };
    }

    /** One screen of plain words; a single line when all is well. */
    public String text() {
        return Screen.of(this);
    }
}
