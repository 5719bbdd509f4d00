// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;

/** How large some values were, in buckets, apart for each value of its labels. Safe on any thread. */
public final class Histogram {
    private final int labels;
    private final double[] bounds;
    private final Map<List<String>, Series> series = new ConcurrentHashMap<>();

    Histogram(int labels, double[] bounds) {
        this.labels = labels;
        this.bounds = bounds.clone();
    }

    /** Counts a value. */
    public void observe(double value, String... values) {
        of(values).observe(value);
    }

    /** The counts for these values of the labels, to be added to where every nanosecond matters. */
    public Series of(String... values) {
        if (values.length != labels) {
            throw new IllegalArgumentException(values.length + " values for " + labels + " labels");
        }
        return series.computeIfAbsent(List.of(values), _ -> new Series(bounds));
    }

    double[] bounds() {
        return bounds.clone();
    }

    Map<List<String>, Series> series() {
        return series;
    }

    /** The counts of the buckets, not yet added up, and the sum of all values. */
    public static final class Series {
        private final double[] bounds;
        private final AtomicLongArray counts;
        private final DoubleAdder sum = new DoubleAdder();

        private Series(double[] bounds) {
            this.bounds = bounds;
            this.counts = new AtomicLongArray(bounds.length + 1);
        }

        /** Counts a value. */
        public void observe(double value) {
            int bucket = 0;
            while (bucket < bounds.length && value > bounds[bucket]) {
                bucket++;
            }
            counts.incrementAndGet(bucket);
            sum.add(value);
        }

        AtomicLongArray counts() {
            return counts;
        }

        DoubleAdder sum() {
            return sum;
        }
    }
}
