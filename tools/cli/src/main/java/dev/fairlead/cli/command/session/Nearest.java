// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which word somebody may have meant. */
public final class Nearest {
    private static final int SHOWN = 20;

    private Nearest() {}

    /**
     * {@code did you mean "ports"?}, or, when nothing is near, all that is known after {@code introduction}.
     *
     * @param introduction such as {@code "there are "}
     */
    public static String advice(String word, Collection<String> known, String introduction) {
        return of(word, known)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElseGet(() -> introduction
                        + String.join(", ", known.stream().limit(SHOWN).toList())
                        + (known.size() > SHOWN ? " …" : ""));
    }

    /** The nearest of {@code known} that is near enough: a third of the letters may differ, upper and lower case count little. */
    public static Optional<String> of(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        List<String> near = known.stream()
                .filter(each -> distance(lower, each.toLowerCase(Locale.ROOT)) <= Math.max(1, word.length() / 3))
                .toList();
        return near.stream().min(Comparator.comparingInt(each -> distance(lower, each.toLowerCase(Locale.ROOT))));
    }

    /** How many letters must be put in, left out, replaced or swapped with their neighbour. */
    static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : step(steps, from, to, i, j);
            }
        }
        return steps[from.length()][to.length()];
    }

    private static int step(int[][] steps, String from, String to, int i, int j) {
        int differ = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int least = Math.min(Math.min(steps[i - 1][j] + 1, steps[i][j - 1] + 1), steps[i - 1][j - 1] + differ);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, steps[i - 2][j - 2] + 1) : least;
    }
}
