// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

import dev.fairlead.core.definition.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What changed between two tables, sorted by frontend; what the tables share costs nothing.
 *
 * @param addedClusterIps addresses of Services that are new: on them, what is no frontend is refused
 * @param removedClusterIps addresses of Services that are gone
 * @param healthChecks whether any health check changed: read them anew from the table
 * @param nodePortAddresses whether {@link RouteTable#nodePortAddresses()} changed: every node port moves
 */
public record Difference(
        List<Entrance> added,
        List<Changed> changed,
        List<Entrance> removed,
        List<IpAddress> addedClusterIps,
        List<IpAddress> removedClusterIps,
        boolean healthChecks,
        boolean nodePortAddresses) {
    /** One frontend before and after. */
    public record Changed(Entrance before, Entrance after) {}

    /** What to do to come from one table to another. */
    public static Difference between(RouteTable before, RouteTable after) {
        List<Entrance> added = new ArrayList<>();
        List<Changed> changed = new ArrayList<>();
        List<Entrance> removed = new ArrayList<>();
        after.frontends.differencesFrom(before.frontends, (_, old, now) -> {
            if (old == null) {
                if (now != null) {
                    added.add(now.getFirst());
                }
            } else if (now == null) {
                removed.add(old.getFirst());
            } else if (old.size() == 1 && now.size() == 1 // then that is what differs
                    || !old.getFirst().equals(now.getFirst())) {
                changed.add(new Changed(old.getFirst(), now.getFirst()));
            }
        });
        List<IpAddress> newAddresses = new ArrayList<>();
        List<IpAddress> oldAddresses = new ArrayList<>();
        after.clusterIps.differencesFrom(before.clusterIps, (address, old, now) -> {
            if (old == null) {
                newAddresses.add(address);
            } else if (now == null) {
                oldAddresses.add(address);
            }
        });
        newAddresses.sort(null);
        oldAddresses.sort(null);
        added.sort(Comparator.comparing(Entrance::frontend));
        removed.sort(Comparator.comparing(Entrance::frontend));
        changed.sort(Comparator.comparing(change -> change.after.frontend()));
        return new Difference(
                List.copyOf(added),
                List.copyOf(changed),
                List.copyOf(removed),
                List.copyOf(newAddresses),
                List.copyOf(oldAddresses),
                !before.health.equals(after.health),
                !before.nodePortAddresses().equals(after.nodePortAddresses()));
    }

    /** Whether nothing changed. */
    public boolean isEmpty() {
        return added.isEmpty()
                && changed.isEmpty()
                && removed.isEmpty()
                && addedClusterIps.isEmpty()
                && removedClusterIps.isEmpty()
                && !healthChecks
                && !nodePortAddresses;
    }
}
