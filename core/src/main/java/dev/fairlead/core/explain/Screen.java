// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.explain.Explanation.Step;
import dev.fairlead.core.explain.Explanation.Verdict;
import java.util.List;

/** An explanation as text for a terminal: the causes first, then the way that was looked at. */
final class Screen {
    private static final int WIDTH = 110;
    private static final int SHOWN = 3;

    private final StringBuilder text = new StringBuilder();

    private Screen() {}

    static String of(Explanation explanation) {
        Screen screen = new Screen();
        screen.line("", explanation.summary());
        if (explanation.verdict() != Verdict.WELL) {
            screen.causes(explanation.causes());
            screen.steps(explanation.steps());
        }
        return screen.text.toString();
    }

    private void causes(List<Cause> causes) {
        for (Cause cause : causes.subList(0, Math.min(SHOWN, causes.size()))) {
            text.append('\n');
            line("  cause     ", cause.found());
            if (!cause.expected().isEmpty()) {
                line("  expected  ", cause.expected());
            }
            line("  fix       ", cause.fix());
        }
        if (causes.size() > SHOWN) {
            text.append('\n');
            line("  ", "and " + Words.count(causes.size() - SHOWN, "more cause") + "; -o yaml shows all");
        }
    }

    private void steps(List<Step> steps) {
        if (steps.isEmpty()) {
            return;
        }
        text.append('\n');
        for (Step step : steps) {
            String mark = switch (step.state()) {
                case OK -> "  ok     ";
                case FAULT -> "  FAULT  ";
                case SKIPPED -> "  -      ";
            };
            line(mark + padded(step.stage().text()), step.found());
        }
    }

    private static String padded(String stage) {
        return stage + " ".repeat(13 - stage.length());
    }

    /** Words after a heading, broken into lines that begin below each other. */
    private void line(String heading, String words) {
        String indent = " ".repeat(heading.length());
        int room = WIDTH - heading.length();
        text.append(heading);
        int used = 0;
        for (String word : words.split(" ", -1)) {
            if (used > 0 && used + 1 + word.length() > room) {
                text.append('\n').append(indent);
                used = 0;
            }
            text.append(used > 0 ? " " : "").append(word);
            used += (used > 0 ? 1 : 0) + word.length();
        }
        text.append('\n');
    }
}
