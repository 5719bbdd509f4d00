// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large a regular expression becomes when its repetitions are written out, as a matcher of linear time does:
 * {@code (ab{3}){2}} is {@code abbbabbb}. Go refuses what repeats more than 1,000 times, nested repetitions multiplied; this
 * refuses by size, and what is nested too deeply, before anybody unfolds it. Counts, does not parse: what is no expression is
 * for the parser to say.
 */
final class Unfolded {
    /** Far more than anybody needs: the expressions for IPv6 addresses in use unfold to some hundred. */
    private static final long MOST = 20_000;

    private static final int DEEPEST = 200;
    /** Names of classes and numbers of repetitions are no longer. */
    private static final int LONGEST_WORD = 24;

    private static final Pattern REPETITION = Pattern.compile("[0-9]{1,9}(,[0-9]{0,9})?");

    private final String text;
    private final Deque<Long> around = new ArrayDeque<>();
    private int at;
    /** The size of the group at hand, and of its last part, which a repetition is about. */
    private long group;

    private long last;

    private Unfolded(String text) {
        this.text = text;
    }

    /**
     * Looks through an expression.
     *
     * @throws PatternSyntaxException when it becomes too large
     */
    static void check(String text) {
        Unfolded unfolded = new Unfolded(text);
        while (unfolded.at < text.length()) {
            unfolded.step();
            if (unfolded.group > MOST) {
                throw new PatternSyntaxException(
                        "expression unfolds to more than " + MOST + " characters", shown(text));
            }
            if (unfolded.around.size() > DEEPEST) {
                throw new PatternSyntaxException("expression nests too deeply", shown(text));
            }
        }
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    private void step() {
        char c = text.charAt(at);
        switch (c) {
            case '\\' -> escaped();
            case '[' -> {
                at = endOfClass();
                part(1);
            }
            case '(' -> {
                around.push(group);
                group = 0;
                last = 0;
                at++;
            }
            case ')' -> {
                long whole = group + 1;
                group = around.isEmpty() ? 0 : around.pop();
                at++;
                part(whole);
            }
            case '{' -> repetition();
            default -> {
                at++;
                part(1);
            }
        }
    }

    private void part(long size) {
        group += size;
        last = size;
    }

    /** A character, a class, or a text that is meant as it is: {@code \Q(((\E}. */
    private void escaped() {
        if (!text.startsWith("\\Q", at)) {
            at += 2;
            part(1);
            return;
        }
        int end = text.indexOf("\\E", at + 2);
        int after = end < 0 ? text.length() : end;
        part(after - at - 2L);
        last = 1;
        at = after + 2;
    }

    /** After the bracket that ends the class here; one that comes first is meant as it is, and so are classes within. */
    private int endOfClass() {
        int i = at + 1;
        if (text.startsWith("^", i)) {
            i++;
        }
        if (text.startsWith("]", i)) {
            i++;
        }
        while (i < text.length() && text.charAt(i) != ']') {
            int named = text.startsWith("[:", i) ? near(":]", i + 2) : -1;
            i = named > 0 ? named + 2 : i + (text.charAt(i) == '\\' ? 2 : 1);
        }
        return i + 1;
    }

    /** Where {@code end} comes soon; -1 when it does not. */
    private int near(String end, int from) {
        int found = text.substring(from, Math.min(text.length(), from + LONGEST_WORD))
                .indexOf(end);
        return found < 0 ? -1 : from + found;
    }

    /** <code>{2}</code>, <code>{2,}</code>, <code>{2,5}</code>; anything else in braces stands for itself. */
    private void repetition() {
        int end = near("}", at);
        String inner = end < 0 ? "" : text.substring(at + 1, end);
        if (!REPETITION.matches(inner)) {
            at++;
            part(1);
            return;
        }
        long times = 1;
        for (String number : inner.split(",")) {
            times = Math.max(times, Long.parseLong(number));
        }
        group += last * times - last;
        last *= times;
        at = end + 1;
    }
}
