// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane.nftables;

import dev.fairlead.dataplane.DataPlane.Denied;
import dev.fairlead.dataplane.layout.Denial;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was refused or discarded, added up over the lives of the kernel's counters. */
final class Denials {
    private final Map<Denial, Count> counts = new LinkedHashMap<>();

    Denials() {
        Denial.ALL.forEach(denial -> counts.put(denial, new Count()));
    }

    /** What the kernel's counters say now, by their names. */
    void see(Map<String, Long> kernel) {
        counts.forEach((denial, count) -> {
            Long packets = kernel.get(denial.counter());
            if (packets != null) {
                count.see(packets);
            }
        });
    }

    /** The kernel's counters begin anew. */
    void end() {
        counts.values().forEach(Count::end);
    }

    List<Denied> sums() {
        return counts.entrySet().stream()
                .map(one -> new Denied(
                        one.getKey().family(),
                        one.getKey().reason().word(),
                        one.getKey().reason().refused(),
                        one.getValue().sum()))
                .toList();
    }
}
