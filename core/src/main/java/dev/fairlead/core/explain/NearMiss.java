// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.explain;

import dev.fairlead.core.explain.Evidence.Labelled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The labels that come nearest to a selector which matches nothing.
 *
 * <p>How this works: for every pod each wanted label counts 8 when it is there, 6 when a like-spelt one is, 2 when its key
 * is. The best pod wins; pods that differ from the selector in the same way are counted together. Example: {@code
 * app=wbe} among three pods with {@code app=web} gives "3 pods have app=web". Among equals those win whose matching labels are rarer.
 *
 * @param instead what the nearest pods have, in words
 * @param meant the selector with what they have, in words
 * @param closest whether there is a pod that comes near at all
 * @param slip whether all that differs is spelling
 */
record NearMiss(String instead, String meant, boolean closest, boolean slip) {
    private static final int THERE = 8;
    private static final int ALIKE = 6;
    private static final int KEY = 2;

    /** One wanted label as a pod has it. */
    private record Match(String wanted, String has, String instead, int score) {}

    static NearMiss of(Map<String, String> selector, List<Labelled> pods) {
        Map<List<Match>, Integer> seen = new LinkedHashMap<>();
        for (Labelled pod : pods) {
            seen.merge(
                    selector.entrySet().stream()
                            .map(label -> match(label, pod.labels()))
                            .toList(),
                    pod.pods(),
                    Integer::sum);
        }
        Map<String, Integer> having = having(selector, pods);
        List<Match> best = List.of();
        int count = 0;
        double rarest = 0;
        for (Map.Entry<List<Match>, Integer> candidate : seen.entrySet()) {
            int more = score(candidate.getKey()) - score(best);
            double rare = more < 0 ? 0 : rarity(candidate.getKey(), having);
            boolean rarer = rare > rarest || rare == rarest && candidate.getValue() > count;
            if (best.isEmpty() || more > 0 || more == 0 && rarer) {
                best = candidate.getKey();
                count = candidate.getValue();
                rarest = rare;
            }
        }
        int all = pods.stream().mapToInt(Labelled::pods).sum();
        if (score(best) == 0) {
            return new NearMiss(
                    "the " + Words.count(all, "pod") + " there " + (all == 1 ? "has" : "have")
                            + " none of these labels",
                    "",
                    false,
                    false);
        }
        return told(best, count);
    }

    private static NearMiss told(List<Match> best, int count) {
        List<String> instead = new ArrayList<>();
        List<String> meant = new ArrayList<>();
        boolean slip = true;
        for (Match match : best) {
            if (match.score < THERE) {
                instead.add(match.instead);
                slip &= match.score == ALIKE;
            }
            if (!match.has.isEmpty()) {
                meant.add(match.has);
            }
        }
        String shown = Words.count(count, "pod") + (count == 1 ? " has " : " have ") + String.join(" and ", instead);
        return new NearMiss(shown, String.join(",", meant), true, slip);
    }

    /** A label that few pods have tells more about which pods are meant than one that most have. */
    private static double rarity(List<Match> matches, Map<String, Integer> having) {
        return matches.stream()
                .filter(match -> match.score == THERE)
                .mapToDouble(match -> 1.0 / having.getOrDefault(match.wanted, 1))
                .sum();
    }

    /** How many pods have each wanted label. */
    private static Map<String, Integer> having(Map<String, String> selector, List<Labelled> pods) {
        Map<String, Integer> having = new HashMap<>();
        selector.forEach((key, value) -> pods.stream()
                .filter(pod -> value.equals(pod.labels().get(key)))
                .forEach(pod -> having.merge(key + "=" + value, pod.pods(), Integer::sum)));
        return having;
    }

    private static int score(List<Match> matches) {
        return matches.stream().mapToInt(Match::score).sum();
    }

    private static Match match(Map.Entry<String, String> wanted, Map<String, String> labels) {
        String text = wanted.getKey() + "=" + wanted.getValue();
        String value = labels.get(wanted.getKey());
        if (wanted.getValue().equals(value)) {
            return new Match(text, text, text, THERE);
        }
        if (value != null) {
            String has = wanted.getKey() + "=" + value;
            return new Match(text, has, has, Nearness.near(wanted.getValue(), value) ? ALIKE : KEY);
        }
        Optional<String> key = Nearness.nearest(wanted.getKey(), labels.keySet());
        if (key.isPresent()) {
            String other = labels.getOrDefault(key.get(), "");
            if (other.equals(wanted.getValue()) || Nearness.near(wanted.getValue(), other)) {
                return new Match(text, key.get() + "=" + other, key.get() + "=" + other, ALIKE);
            }
        }
        return new Match(text, "", "no label " + wanted.getKey(), 0);
    }
}
