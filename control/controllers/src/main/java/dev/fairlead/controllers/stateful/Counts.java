// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.stateful;

import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.StatefulSet.Update;
import java.time.Instant;
import java.util.Collection;

/** What a StatefulSet's status says of its pods. */
public final class Counts {
    private Counts() {}

    /**
     * The status.
     *
     * @param current the revision that pods had before the last change; becomes the updated one when all have that
     */
    public static StatefulSet.Status of(
            StatefulSet set, Collection<Member> members, String current, String updated, Instant now) {
        int ready = count(members, Member::ready);
        int available =
                count(members, member -> member.ready() && !member.availableAt().isAfter(now));
        int ofCurrent =
                count(members, member -> !member.ending() && member.revision().equals(current));
        int ofUpdated =
                count(members, member -> !member.ending() && member.revision().equals(updated));
        int wanted = set.replicas();
        boolean complete = set.update() instanceof Update.Rolling
                && ofUpdated == wanted
                && ready == wanted
                && members.size() == wanted;
        return new StatefulSet.Status(
                set.meta().generation(),
                members.size(),
                ready,
                available,
                complete ? ofUpdated : ofCurrent,
                ofUpdated,
                complete ? updated : current,
                updated,
                set.status().collisionCount());
    }

    private static int count(Collection<Member> members, java.util.function.Predicate<Member> which) {
        return (int) members.stream().filter(which).count();
    }
}
