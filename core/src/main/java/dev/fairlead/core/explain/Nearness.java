// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How far words are from each other, to find out which one somebody meant. */
public final class Nearness {
    private Nearness() {}

    /** The nearest of {@code known} that is near enough: a third of the letters may differ, upper and lower case count little. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(each -> near(word, each))
                .min(Comparator.comparingInt(each -> distance(lower, each.toLowerCase(Locale.ROOT))));
    }

    /** Whether {@code meant} may have been meant by {@code word}. */
    public static boolean near(String word, String meant) {
        int most = Math.max(1, word.length() / 3);
        String one = word.toLowerCase(Locale.ROOT);
        String other = meant.toLowerCase(Locale.ROOT);
        return Math.abs(one.length() - other.length()) <= most && distance(one, other) <= most;
    }

    /** How many letters must be put in, left out, replaced or swapped with their neighbour. */
    public static int distance(String from, String to) {
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
