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
 * Spelling is compared once for each value, however many pods have it.
 *
 * @param sentence all of it: the selector that matches nothing, and what there is instead
 * @param instead what the nearest pods have, in words
 * @param meant the selector with what they have, in words
 * @param closest whether there is a pod that comes near at all
 * @param slip whether all that differs is spelling
 */
public record NearMiss(String sentence, String instead, String meant, boolean closest, boolean slip) {
    private static final int THERE = 8;
    private static final int ALIKE = 6;
    private static final int KEY = 2;

    /** One wanted label as a pod has it. */
    private record Match(String wanted, String has, String instead, int score) {}

    /** One wanted label, and what came of comparing it with each value that its key has. */
    private record Wanted(String key, String value, Map<String, Match> compared) {
        Match match(Map<String, String> labels) {
            String has = labels.get(key);
            return has == null ? unnamed(labels) : compared.computeIfAbsent(has, this::named);
        }

        private Match named(String has) {
            String shown = key + "=" + has;
            int score = value.equals(has) ? THERE : Nearness.near(value, has) ? ALIKE : KEY;
            return new Match(key + "=" + value, shown, shown, score);
        }

        private Match unnamed(Map<String, String> labels) {
            String text = key + "=" + value;
            Optional<String> other = Nearness.nearest(key, labels.keySet());
            if (other.isPresent()) {
                String has = labels.getOrDefault(other.get(), "");
                if (has.equals(value) || Nearness.near(value, has)) {
                    String shown = other.get() + "=" + has;
                    return new Match(text, shown, shown, ALIKE);
                }
            }
            return new Match(text, "", "no label " + key, 0);
        }
    }

    /**
     * Looks for them.
     *
     * @param pods the pods of {@code namespace}
     */
    public static NearMiss of(Map<String, String> selector, String namespace, List<Labelled> pods) {
        String start = nothing(selector) + "; ";
        if (pods.isEmpty()) {
            String none = "there are no pods in namespace " + namespace;
            return new NearMiss(start + none, none, "", false, false);
        }
        List<Wanted> wanted = selector.entrySet().stream()
                .map(label -> new Wanted(label.getKey(), label.getValue(), new HashMap<>()))
                .toList();
        Map<List<Match>, Integer> seen = new LinkedHashMap<>();
        for (Labelled pod : pods) {
            seen.merge(wanted.stream().map(one -> one.match(pod.labels())).toList(), pod.pods(), Integer::sum);
        }
        Map<String, Integer> having = having(seen);
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
        if (score(best) == 0) {
            int all = pods.stream().mapToInt(Labelled::pods).sum();
            String none = "the " + Words.count(all, "pod") + " there " + (all == 1 ? "has" : "have")
                    + " none of these labels";
            return new NearMiss(start + none, none, "", false, false);
        }
        return told(start, best, count);
    }

    /** The beginning of the sentence. */
    static String nothing(Map<String, String> selector) {
        return "selector " + Words.labels(selector) + " matches no pod";
    }

    private static NearMiss told(String start, List<Match> best, int count) {
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
        return new NearMiss(start + shown, shown, String.join(",", meant), true, slip);
    }

    /** A label that few pods have tells more about which pods are meant than one that most have. */
    private static double rarity(List<Match> matches, Map<String, Integer> having) {
        return matches.stream()
                .filter(match -> match.score == THERE)
                .mapToDouble(match -> 1.0 / having.getOrDefault(match.wanted, 1))
                .sum();
    }

    /** How many pods have each wanted label. */
    private static Map<String, Integer> having(Map<List<Match>, Integer> seen) {
        Map<String, Integer> having = new HashMap<>();
        seen.forEach((matches, pods) -> matches.stream()
                .filter(match -> match.score == THERE)
                .forEach(match -> having.merge(match.wanted, pods, Integer::sum)));
        return having;
    }

    private static int score(List<Match> matches) {
        return matches.stream().mapToInt(Match::score).sum();
    }
}
