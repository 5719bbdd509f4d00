// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.assertj;

import dev.fairlead.junit.Traffic;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.AbstractObjectAssert;

/** Assertions about what passed through a Service. */
public final class TrafficAssert extends AbstractObjectAssert<TrafficAssert, Traffic> {
    TrafficAssert(Traffic traffic) {
        super(traffic, TrafficAssert.class);
    }

    /** So many connections were made in all. */
    public TrafficAssert hasTotal(long connections) {
        isNotNull();
        if (actual.total() != connections) {
            failWithMessage("expected %d connections in all, there were %d: %s", connections, actual.total(), actual);
        }
        return this;
    }

    /** These pods got connections, and no others. */
    public TrafficAssert wentOnlyTo(String... pods) {
        isNotNull();
        Set<String> wanted = new TreeSet<>(Arrays.asList(pods));
        Set<String> reached = new TreeSet<>();
        actual.connections().forEach((pod, times) -> {
            if (times > 0) {
                reached.add(pod);
            }
        });
        if (!reached.equals(wanted)) {
            failWithMessage("expected connections to %s only, they went to %s: %s", wanted, reached, actual);
        }
        return this;
    }

    /** No pod refused a connection. */
    public TrafficAssert hasNoFailures() {
        isNotNull();
        if (!actual.failed().isEmpty()) {
            failWithMessage("expected no attempt to fail, but: %s", actual);
        }
        return this;
    }
}
