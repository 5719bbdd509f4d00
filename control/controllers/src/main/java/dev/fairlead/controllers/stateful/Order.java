// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.controllers.stateful;

import dev.fairlead.core.definition.StatefulSet;
import dev.fairlead.core.definition.StatefulSet.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In which order pods come and go.
 *
 * <p>How this works, for three ordered pods and a new template ({@code !}: not available, {@code '}: new):
 *
 * <pre>
 * -                → create 0        the next one comes when those before it are available
 * 0!               → nothing
 * 0  1  2          → end 2           the last first, and one at a time (maxUnavailable)
 * 0  1             → create 2'       names stay; a place is taken again only when it is empty
 * 0  1  2'!        → nothing
 * 0  1  2'         → end 1           … and so on
 * </pre>
 *
 * <p>Fewer pods: the last goes first, and only while all that stay are available. With {@code podManagementPolicy: Parallel}
 * nobody waits for others, but for an update, which always keeps {@code maxUnavailable}.
 */
public final class Order {
    private final StatefulSet set;
    private final Map<Integer, Member> members;
    private final String current;
    private final String updated;
    private final Instant now;
    private final List<Step> steps = new ArrayList<>();

    private Order(StatefulSet set, Map<Integer, Member> members, String current, String updated, Instant now) {
        this.set = set;
        this.members = members;
        this.current = current;
        this.updated = updated;
        this.now = now;
    }

    /**
     * What to do now; nothing when the set is as wanted or must wait.
     *
     * @param members its pods by number
     * @param current the revision that pods below the partition have
     * @param updated the revision of the set's template
     */
    public static List<Step> steps(
            StatefulSet set, Map<Integer, Member> members, String current, String updated, Instant now) {
        Order order = new Order(set, members, current, updated, now);
        if (!set.meta().deleting() && order.filled() && order.shrunk()) {
            order.update();
        }
        return List.copyOf(order.steps);
    }

    private int end() {
        return set.start() + set.replicas();
    }

    /** The first number that gets new templates. */
    private int partition() {
        return set.start() + (set.update() instanceof Update.Rolling rolling ? rolling.partition() : 0);
    }

    /** Fills empty places; false when what comes next has to wait for one. */
    private boolean filled() {
        for (int ordinal = set.start(); ordinal < end(); ordinal++) {
            Member member = members.get(ordinal);
            if (member == null) {
                steps.add(new Step.Create(ordinal, ordinal < partition() ? current : updated));
            } else if (member.over() && !member.ending()) {
                steps.add(new Step.End(ordinal, Step.Why.OVER));
            }
            if (set.ordered() && unavailable(member)) {
                return false;
            }
        }
        return true;
    }

    /** Ends pods beyond the places; false when what comes next has to wait for one. */
    private boolean shrunk() {
        List<Member> surplus = members.values().stream()
                .filter(member -> member.ordinal() < set.start() || member.ordinal() >= end())
                .sorted(Comparator.comparingInt(Member::ordinal).reversed())
                .toList();
        if (!set.ordered()) {
            surplus.stream().filter(member -> !member.ending()).forEach(this::spare);
            return true;
        }
        if (surplus.isEmpty()) {
            return true;
        }
        Member last = surplus.getFirst();
        boolean othersAreIll = surplus.stream().skip(1).anyMatch(member -> !member.healthy());
        boolean mayRecover = !last.healthy() && !last.over();
        boolean waits = last.ending() || mayRecover && othersAreIll;
        if (!waits) {
            spare(last);
        }
        return false;
    }

    private void spare(Member member) {
        steps.add(new Step.End(member.ordinal(), Step.Why.SURPLUS));
    }

    /** Ends pods of former templates, the last first; their places are filled with the new one. */
    private void update() {
        if (!(set.update() instanceof Update.Rolling rolling)) {
            return;
        }
        int most = rolling.unavailable(set.replicas());
        int down = 0;
        int coming = 0; // places where the new template is yet to prove itself
        for (int ordinal = set.start(); ordinal < end(); ordinal++) {
            Member member = members.get(ordinal);
            down += unavailable(member) ? 1 : 0;
            coming += unavailable(member) && !outdated(member) ? 1 : 0;
        }
        for (int ordinal = end() - 1; ordinal >= partition(); ordinal--) {
            Member member = members.get(ordinal);
            if (member == null || !outdated(member)) {
                continue;
            }
            boolean serves = !unavailable(member);
            if ((serves ? down : coming) >= most) {
                return;
            }
            steps.add(new Step.End(ordinal, Step.Why.OUTDATED));
            coming++;
            down += serves ? 1 : 0;
        }
    }

    private boolean outdated(@Nullable Member member) {
        return member != null
                && !member.ending()
                && !member.over()
                && !member.revision().equals(updated);
    }

    private boolean unavailable(@Nullable Member member) {
        return member == null || !member.available(now);
    }
}
