// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The metrics of one part, written out in the order in which they were made. Making them is for constructors; counting and
 * writing out is safe on any thread.
 */
public final class Metrics {
    /** The media type of {@link #text}. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, Metric> metrics = new LinkedHashMap<>();

    private record Metric(String help, String type, List<String> labels, Supplier<Collection<Line>> lines) {}

    private record Line(String suffix, List<String> labels, List<String> values, double value) {}

    /** A number that only grows; its name ends in {@code _total}. */
    public Counter counter(String name, String help, String... labels) {
        Counter counter = new Counter(labels.length);
        add(name, help, "counter", List.of(labels), counter::samples);
        return counter;
    }

    /** A number that only grows and is looked up when it is asked for; its name ends in {@code _total}. */
    public void counter(String name, String help, List<String> labels, Supplier<List<Sample>> samples) {
        add(name, help, "counter", labels, samples);
    }

    /** A number that is looked up when it is asked for. */
    public void gauge(String name, String help, List<String> labels, Supplier<List<Sample>> samples) {
        add(name, help, "gauge", labels, samples);
    }

    /** How values spread; {@code bounds} are the buckets' upper ones, ascending. */
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        Histogram histogram = new Histogram(labels.length, bounds);
        List<String> names = List.of(labels);
        add(name, new Metric(help, "histogram", names, () -> lines(histogram, names)));
        return histogram;
    }

    private void add(String name, String help, String type, List<String> labels, Supplier<List<Sample>> samples) {
        add(
                name,
                new Metric(
                        help,
                        type,
                        labels,
                        () -> samples.get().stream()
                                .map(sample -> new Line("", labels, sample.labels(), sample.value()))
                                .toList()));
    }

    private synchronized void add(String name, Metric metric) {
        if (metrics.putIfAbsent(name, metric) != null) {
            throw new IllegalStateException("two metrics are called " + name);
        }
    }

    private static List<Line> lines(Histogram histogram, List<String> labels) {
        List<Line> lines = new ArrayList<>();
        List<String> withBound = new ArrayList<>(labels);
        withBound.add("le");
        double[] bounds = histogram.bounds();
        histogram.series().forEach((values, series) -> {
            long sum = 0;
            for (int i = 0; i <= bounds.length; i++) {
                sum += series.counts().get(i);
                List<String> bucket = new ArrayList<>(values);
                bucket.add(i == bounds.length ? "+Inf" : Numbers.text(bounds[i]));
                lines.add(new Line("_bucket", withBound, bucket, sum));
            }
            lines.add(new Line("_sum", labels, values, series.sum().sum()));
            lines.add(new Line("_count", labels, values, sum));
        });
        return lines;
    }

    /** All of it, in Prometheus' text format. */
    public String text() {
        StringBuilder text = new StringBuilder();
        copy().forEach((name, metric) -> {
            text.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(metric.help())
                    .append('\n');
            text.append("# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(metric.type())
                    .append('\n');
            for (Line line : metric.lines().get()) {
                text.append(name).append(line.suffix());
                labels(line, text);
                text.append(' ').append(Numbers.text(line.value())).append('\n');
            }
        });
        return text.toString();
    }

    private synchronized Map<String, Metric> copy() {
        return new LinkedHashMap<>(metrics);
    }

    private static void labels(Line line, StringBuilder text) {
        if (line.labels().isEmpty()) {
            return;
        }
        for (int i = 0; i < line.labels().size(); i++) {
            String value = line.values()
                    .get(i)
                    .replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("\n", "\\n");
            text.append(i == 0 ? '{' : ',')
                    .append(line.labels().get(i))
                    .append("=\"")
                    .append(value)
                    .append('"');
        }
        text.append('}');
    }
}
