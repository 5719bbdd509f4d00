// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measured values of one sort, all kept; safe for several threads. */
final class Sample {
    private final List<Double> values = new ArrayList<>();

    synchronized void add(double value) {
        values.add(value);
    }

    /** Adds a time span, as milliseconds. */
    void addNanos(long nanos) {
        add(nanos / 1e6);
    }

    synchronized int size() {
        return values.size();
    }

    /** The smallest value that {@code share} (0 to 1) of all do not exceed; NaN when there are none. */
    synchronized double at(double share) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.clamp(rank - 1, 0, sorted.size() - 1));
    }

    double median() {
        return at(0.5);
    }

    /** Cells of a table: p50, p99 and the largest. */
    String tail(String format) {
        return cells(format, at(0.5), at(0.99), at(1));
    }

    /** Cells of a table: median, smallest, largest. */
    String spread(String format) {
        return cells(format, median(), at(0), at(1));
    }

    private static String cells(String format, double... cells) {
        StringBuilder text = new StringBuilder();
        for (double cell : cells) {
            text.append(text.isEmpty() ? "" : " | ").append(String.format(Locale.ROOT, format, cell));
        }
        return text.toString();
    }
}
