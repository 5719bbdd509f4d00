// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often something happened, apart for each value of its labels. Counting is cheap and safe on any thread. */
public final class Counter {
    private final int labels;
    private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

    Counter(int labels) {
        this.labels = labels;
    }

    /** Counts one. */
    public void add(String... values) {
        add(1, values);
    }

    /** Counts several. */
    public void add(long amount, String... values) {
        of(values).add(amount);
    }

    /** The count for these values, to be added to where every nanosecond matters. */
    public LongAdder of(String... values) {
        if (values.length != labels) {
            throw new IllegalArgumentException(values.length + " values for " + labels + " labels");
        }
        return counts.computeIfAbsent(List.of(values), _ -> new LongAdder());
    }

    /** The count for these values. */
    public long count(String... values) {
        LongAdder count = counts.get(List.of(values));
        return count == null ? 0 : count.sum();
    }

    List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        counts.forEach((values, count) -> samples.add(new Sample(values, count.sum())));
        return samples;
    }
}
