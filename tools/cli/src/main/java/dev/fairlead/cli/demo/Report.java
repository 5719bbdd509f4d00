// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.demo;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the requests met, as text. */
final class Report {
    private final List<Sample> samples;
    private final Map<String, Long> readyAt;
    private final Map<String, Long> unreadyAt;
    private final Optional<Death> killed;

    Report(List<Sample> samples, Map<String, Long> readyAt, Map<String, Long> unreadyAt, Optional<Death> killed) {
        this.samples = samples;
        this.readyAt = readyAt;
        this.unreadyAt = unreadyAt;
        this.killed = killed;
    }

    String text() {
        return phases() + "\n" + shares() + "\n" + edges() + "\n" + failures();
    }

    /** The requests that failed and must not: all but those under way on the process that was killed. */
    List<Sample> lost() {
        return failed().filter(sample -> !excused(sample)).toList();
    }

    private Stream<Sample> failed() {
        return samples.stream().filter(sample -> sample.error() != null);
    }

    private boolean excused(Sample sample) {
        return killed.isPresent() && killed.get().explains(sample);
    }

    private String failures() {
        List<Sample> lost = lost();
        long died = failed().count() - lost.size();
        return samples.size() + " requests, " + (samples.size() - lost.size() - died) + " answered; "
                + (died == 0 ? "" : died + " were under way on the killed process and died with it; ")
                + (lost.isEmpty() ? "no other was lost" : lost.size() + " were lost and must not be:\n" + errors(lost));
    }

    private String phases() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PHASE", "REQUESTS", "ERRORS", "P50", "P99", "MAX"));
        byPhase().forEach((phase, met) -> {
            long[] nanos = met.stream()
                    .filter(sample -> sample.error() == null)
                    .mapToLong(Sample::nanos)
                    .sorted()
                    .toArray();
            long errors = met.stream().filter(sample -> sample.error() != null).count();
            rows.add(List.of(
                    phase.text(),
                    Integer.toString(met.size()),
                    Long.toString(errors),
                    millis(at(nanos, 50)),
                    millis(at(nanos, 99)),
                    millis(at(nanos, 100))));
        });
        return table(rows);
    }

    private Map<Phase, List<Sample>> byPhase() {
        Map<Phase, List<Sample>> phases = new EnumMap<>(Phase.class);
        samples.forEach(sample ->
                phases.computeIfAbsent(sample.phase(), any -> new ArrayList<>()).add(sample));
        return phases;
    }

    private String shares() {
        Set<Phase> phases = byPhase().keySet();
        Map<String, Map<Phase, Integer>> counts = new TreeMap<>();
        for (Sample sample : samples) {
            for (String pod : List.of(sample.frontend(), sample.backend())) {
                if (!pod.isEmpty()) {
                    counts.computeIfAbsent(pod, any -> new EnumMap<>(Phase.class))
                            .merge(sample.phase(), 1, Integer::sum);
                }
            }
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("REQUESTS PER POD"));
        phases.forEach(phase -> head.add(phase.brief().toUpperCase(Locale.ROOT)));
        rows.add(head);
        counts.forEach((pod, perPhase) -> {
            List<String> row = new ArrayList<>(List.of(pod));
            phases.forEach(phase -> row.add(Integer.toString(perPhase.getOrDefault(phase, 0))));
            rows.add(row);
        });
        return table(rows);
    }

    /** How soon a pod that became ready got its first request, and how long one that stopped being ready still got some. */
    private String edges() {
        List<Long> in = new ArrayList<>();
        List<Long> out = new ArrayList<>();
        Map<String, Long> first = new LinkedHashMap<>();
        Map<String, Long> last = new LinkedHashMap<>();
        for (Sample sample : samples) {
            for (String pod : List.of(sample.frontend(), sample.backend())) {
                first.merge(pod, sample.ended(), Math::min);
                last.merge(pod, sample.began(), Math::max);
            }
        }
        long begin = samples.stream().mapToLong(Sample::began).min().orElse(0);
        readyAt.forEach((pod, at) -> {
            Long met = first.get(pod);
            if (met != null && at > begin) {
                in.add(met - at);
            }
        });
        unreadyAt.forEach((pod, at) -> {
            Long met = last.get(pod);
            if (met != null) {
                out.add(met - at);
            }
        });
        return "pod ready   → its first request: " + spread(in) + "\n" + "pod unready → its last request:  "
                + spread(out) + "\n   (less than nothing: the last one came before the change was told)\n";
    }

    private static String spread(List<Long> nanos) {
        if (nanos.isEmpty()) {
            return "none seen";
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return "median " + millis(at(sorted, 50)) + ", worst " + millis(at(sorted, 100)) + " (" + sorted.length
                + (sorted.length == 1 ? " pod)" : " pods)");
    }

    private static long at(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return 0;
        }
        int index = (int) Math.ceil(percent / 100.0 * sorted.length) - 1;
        return sorted[Math.clamp(index, 0, sorted.length - 1)];
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static String table(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = row.get(i);
                String pad = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? cell + pad : "  " + pad + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The first few different errors, with how often each was met. */
    private String errors(List<Sample> failed) {
        Map<String, Integer> counted = new LinkedHashMap<>();
        failed.forEach(sample -> counted.merge(error(sample), 1, Integer::sum));
        return counted.entrySet().stream()
                .limit(5)
                .map(entry -> "  " + entry.getValue() + "× " + entry.getKey())
                .collect(Collectors.joining("\n"));
    }

    private String error(Sample sample) {
        String distance = sample.phase() == Phase.KILL
                ? killed.map(death -> " (" + death.distance(sample) + ")").orElse("")
                : "";
        return sample.phase().text() + ": " + sample.error() + distance;
    }
}
