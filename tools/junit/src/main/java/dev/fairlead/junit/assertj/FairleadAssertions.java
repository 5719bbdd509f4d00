// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.assertj;

import dev.fairlead.junit.TestPod;
import dev.fairlead.junit.Traffic;

/** What can be asserted about a cluster, beside AssertJ's own assertions: to be imported statically. */
public final class FairleadAssertions {
    private FairleadAssertions() {}

    /** About what passed through a Service. */
    public static TrafficAssert assertThat(Traffic traffic) {
        return new TrafficAssert(traffic);
    }

    /** About a pod as it is now. */
    public static TestPodAssert assertThat(TestPod pod) {
        return new TestPodAssert(pod);
    }
}
