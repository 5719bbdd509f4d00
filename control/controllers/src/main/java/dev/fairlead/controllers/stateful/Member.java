// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.stateful;

import dev.fairlead.core.definition.Pod;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * One pod of a StatefulSet.
 *
 * @param ordinal its number: that at the end of its name
 * @param revision the name of the template it was made from
 * @param ending whether its end was asked for
 * @param over whether it succeeded or failed for good
 * @param ready whether it runs and is ready
 * @param availableAt from when on it counts as available; {@link Instant#MAX} while it is not ready
 */
public record Member(int ordinal, String revision, boolean ending, boolean over, boolean ready, Instant availableAt) {
    /** The label by which pods say from which template they are. */
    public static final String REVISION = "controller-revision-hash";

    /** What a pod is to the set whose number {@code ordinal} it is. */
    public static Member of(Pod pod, int ordinal, int minReadySeconds) {
        boolean ready = pod.ready() && pod.phase().equals("Running");
        Instant since = pod.readySince();
        Instant available = !ready
                ? Instant.MAX
                : since == null || minReadySeconds == 0 ? Instant.MIN : since.plusSeconds(minReadySeconds);
        return new Member(
                ordinal,
                pod.meta().labels().getOrDefault(REVISION, ""),
                pod.meta().deleting(),
                pod.terminal(),
                ready,
                available);
    }

    /** The number in the name of a pod of {@code set}; empty when it is none of it. */
    public static OptionalInt number(String set, String pod) {
        String digits = pod.startsWith(set + "-") ? pod.substring(set.length() + 1) : "";
        boolean number = digits.matches("0|[1-9][0-9]{0,8}");
        return number ? OptionalInt.of(Integer.parseInt(digits)) : OptionalInt.empty();
    }

    /** Whether it stays and is ready. */
    boolean healthy() {
        return ready && !ending;
    }

    /** Whether it stays and has been ready long enough. */
    boolean available(Instant now) {
        return healthy() && !availableAt.isAfter(now);
    }
}
